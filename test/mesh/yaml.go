package main

import (
	"encoding/json"
	"io"

	"k8s.io/apimachinery/pkg/util/yaml"
)

// decode reads every document of a YAML file.
func decode[T any](file io.Reader) ([]T, error) {
	var documents []T
	decoder := yaml.NewYAMLOrJSONDecoder(file, 4096)
	for {
		var document T
		err := decoder.Decode(&document)
		if err == io.EOF {
			return documents, nil
		}
		if err != nil {
			return nil, err
		}
		documents = append(documents, document)
	}
}

func printJSON(file io.Reader, output io.Writer) error {
	documents, err := decode[any](file)
	if err != nil {
		return err
	}
	return json.NewEncoder(output).Encode(documents)
}
