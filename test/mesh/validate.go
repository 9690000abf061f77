package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"istio.io/istio/pilot/pkg/config/kube/crd"
	"istio.io/istio/pkg/config/schema/collections"
	_ "istio.io/istio/pkg/config/validation"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

// validate reports what is wrong with the resources in a file.
func validate(crdFiles []string, file io.Reader) error {
	text, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	resources, err := decode[map[string]any](bytes.NewReader(text))
	if err != nil {
		return err
	}
	if len(resources) == 0 {
		return errors.New("no resource")
	}
	crds, err := readCRDs(crdFiles)
	if err != nil {
		return err
	}
	var problems []error
	for _, resource := range resources {
		object := unstructured.Unstructured{Object: resource}
		problems = append(problems, validateResource(crds, object), validateForEnvoyGateway(object))
	}
	return errors.Join(append(problems, validateForIstio(string(text)))...)
}

func readCRDs(paths []string) ([]v1.CustomResourceDefinition, error) {
	var all []v1.CustomResourceDefinition
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		crds, err := decode[v1.CustomResourceDefinition](file)
		file.Close()
		if err != nil {
			return nil, err
		}
		all = append(all, crds...)
	}
	return all, nil
}

// validateResource does what the API server does: unknown fields, schema, CEL rules.
func validateResource(crds []v1.CustomResourceDefinition, resource unstructured.Unstructured) error {
	kind := resource.GroupVersionKind()
	for _, definition := range crds {
		if definition.Spec.Group != kind.Group || definition.Spec.Names.Kind != kind.Kind {
			continue
		}
		for _, version := range definition.Spec.Versions {
			if version.Name == kind.Version && version.Served {
				return validateBySchema(version.Schema, resource.Object)
			}
		}
	}
	return fmt.Errorf("nobody knows %s", kind)
}

func validateBySchema(given *v1.CustomResourceValidation, object map[string]any) error {
	var internal apiextensions.CustomResourceValidation
	if err := v1.Convert_v1_CustomResourceValidation_To_apiextensions_CustomResourceValidation(given, &internal, nil); err != nil {
		return err
	}
	structural, err := schema.NewStructural(internal.OpenAPIV3Schema)
	if err != nil {
		return err
	}
	validator, _, err := validation.NewSchemaValidator(internal.OpenAPIV3Schema)
	if err != nil {
		return err
	}
	var problems []error
	copied := runtime.DeepCopyJSON(object)
	for _, path := range pruning.PruneWithOptions(copied, structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}) {
		problems = append(problems, fmt.Errorf("unknown field %s", path))
	}
	defaulting.Default(copied, structural)
	for _, problem := range validation.ValidateCustomResource(nil, copied, validator) {
		problems = append(problems, problem)
	}
	rules, _ := cel.NewValidator(structural, true, celconfig.PerCallLimit).
		Validate(context.Background(), nil, structural, copied, nil, celconfig.RuntimeCELCostBudget)
	for _, problem := range rules {
		problems = append(problems, problem)
	}
	return errors.Join(problems...)
}

// validateForIstio does what Istio's webhook does. It ignores other resources.
func validateForIstio(text string) error {
	configs, _, err := crd.ParseInputs(text)
	if err != nil {
		return err
	}
	for _, config := range configs {
		known, ok := collections.Pilot.FindByGroupVersionAliasesKind(config.GroupVersionKind)
		if !ok {
			continue
		}
		warning, err := known.ValidateConfig(config)
		if err != nil {
			return err
		}
		if warning != nil {
			return warning
		}
	}
	return nil
}
