package main

import (
	"io"
	"os"

	"istio.io/istio/pkg/log"
	"istio.io/istio/pkg/wasm"
)

// fetch writes the module of an image to a file. It fails if the image's manifest has another digest.
func fetch(image, digest string, output io.Writer) error {
	// The log would go to the standard output.
	log.FindScope("wasm").SetOutputLevel(log.NoneLevel)
	folder, err := os.MkdirTemp("", "mesh-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	cache := wasm.NewLocalFileCache(folder, wasm.Options{})
	defer cache.Cleanup()
	file, err := cache.Get("oci://"+image, wasm.GetOptions{
		Checksum:       digest,
		RequestTimeout: wasm.DefaultHTTPRequestTimeout,
	})
	if err != nil {
		return err
	}
	module, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	_, err = output.Write(module)
	return err
}
