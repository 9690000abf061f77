package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

var (
	sha256Form = regexp.MustCompile(`^[a-f0-9]{64}$`)
	httpKinds  = []string{"Gateway", "ListenerSet", "HTTPRoute", "GRPCRoute"}
)

// validateForEnvoyGateway rejects what Envoy Gateway's schema accepts but cannot use. The schema is meant to check the
// form of a digest but does not, and the translator adds Wasm filters only to HTTP listeners.
func validateForEnvoyGateway(resource unstructured.Unstructured) error {
	if resource.GetKind() != "EnvoyExtensionPolicy" {
		return nil
	}
	var problems []error
	for _, field := range []string{"targetRefs", "targetSelectors"} {
		for _, target := range list(resource, "spec", field) {
			kind, _, _ := unstructured.NestedString(target, "kind")
			if !slices.Contains(httpKinds, kind) {
				problems = append(problems, fmt.Errorf("spec.%s: %s has no Wasm filters, only HTTP has", field, kind))
			}
		}
	}
	for _, plugin := range list(resource, "spec", "wasm") {
		digest, given, _ := unstructured.NestedString(plugin, "code", "image", "sha256")
		if given && !sha256Form.MatchString(digest) {
			problems = append(problems, fmt.Errorf("spec.wasm.code.image.sha256: %q is no SHA-256", digest))
		}
	}
	return errors.Join(problems...)
}

// list returns the objects in a list, or nothing if the list is missing.
func list(resource unstructured.Unstructured, path ...string) []map[string]any {
	var objects []map[string]any
	items, _, _ := unstructured.NestedSlice(resource.Object, path...)
	for _, item := range items {
		if object, ok := item.(map[string]any); ok {
			objects = append(objects, object)
		}
	}
	return objects
}
