# Images of the filter, and the Kubernetes resources that run them.
# The Makefile has the target `build` and the VERSION.

NAME := my-filter

# Images are kept here, in an OCI layout for each name.
STORE := .images
OWN_IMAGE = $(NAME):$(VERSION)

# A CDPATH would lead `cd` to another folder.
unexport CDPATH

# What `go install` installs need not be on the PATH.
override ORAS := $(or $(value ORAS),$(shell command -v oras || command -v "$$HOME/go/bin/oras"),oras)
export ORAS

# An image says when its source was committed, not when it was built: the same source gives the same image.
COMMITTED = $(or $(shell TZ=UTC git log -1 --date=format-local:%Y-%m-%dT%H:%M:%SZ --format=%cd 2>/dev/null),1970-01-01T00:00:00Z)
REVISION = $(shell git rev-parse --verify --quiet HEAD 2>/dev/null)

# Whether oras reaches the registry of IMAGE without TLS: only if it is on this machine.
PLAIN_HTTP := $(if $(filter localhost/% localhost:% 127.0.0.1/% 127.0.0.1:%,$(IMAGE)),true,false)
export PLAIN_HTTP

# Go templates, which oras fills in from a manifest.
SIZE := {{$$size := 0}}{{range .content.layers}}{{$$size = add $$size .size}}{{end}}{{$$size}}
CREATED := {{dig "annotations" "org.opencontainers.image.created" "" .content}}
LAST_LAYER := {{with .content.layers}}{{with last .}}{{.mediaType}} {{.digest}}{{end}}{{end}}

.PHONY: size
size: build ## Print the size of the module
	@echo "$(MODULE): $$(($$(wc -c < $(MODULE)))) bytes"

.PHONY: version
version: ## Print the version
	@echo '$(VERSION)'

.PHONY: oras
oras:
	@sh make/tools.sh oras

.PHONY: image-name
image-name:
	@printf '%s\n' "$$IMAGE" | grep -Eqx '[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+:[A-Za-z0-9_][A-Za-z0-9._-]*' || { \
	  echo "error: IMAGE is '$$IMAGE', expected registry/name:tag; for example:" \
	    'make $(MAKECMDGOALS) IMAGE=ghcr.io/you/$(OWN_IMAGE)' >&2; exit 1; }

.PHONY: image
image: build oras ## Put an image of this version into the local store
	@cp runtime-config.json build/
	@cd build && "$$ORAS" push --no-tty --oci-layout '../$(STORE)/$(OWN_IMAGE)' \
	  --annotation 'org.opencontainers.image.title=$(NAME)' \
	  --annotation 'org.opencontainers.image.version=$(VERSION)' \
	  --annotation 'org.opencontainers.image.created=$(COMMITTED)' \
	  $(if $(REVISION),--annotation 'org.opencontainers.image.revision=$(REVISION)') \
	  runtime-config.json:application/vnd.module.wasm.config.v1+json \
	  plugin.wasm:application/vnd.module.wasm.content.layer.v1+wasm >/dev/null
	@echo "$(OWN_IMAGE) $$("$$ORAS" resolve --oci-layout '$(STORE)/$(OWN_IMAGE)')"

.PHONY: images
images: oras ## List the images in the local store
	@line='%-40s %-12s %10s  %-71s  %s\n'; \
	printf "$$line" NAME TAG SIZE DIGEST CREATED; \
	find '$(STORE)' -name index.json 2>/dev/null | sort | while read -r index; do \
	  layout=$${index%/index.json}; \
	  (cd "$$layout" && "$$ORAS" repo tags --oci-layout .) | while read -r tag; do \
	    printf "$$line" "$${layout#$(STORE)/}" "$$tag" \
	      $$("$$ORAS" manifest fetch --oci-layout "$$layout:$$tag" --format go-template='$(SIZE) {{.digest}} $(CREATED)'); \
	  done; \
	done

.PHONY: push
push: image-name oras ## Send this version to a registry: IMAGE=ghcr.io/you/name:tag
	@"$$ORAS" resolve --oci-layout '$(STORE)/$(OWN_IMAGE)' >/dev/null 2>&1 || { \
	  echo 'error: there is no image $(OWN_IMAGE); make it with: make image' >&2; exit 1; }
	@"$$ORAS" cp --no-tty --from-oci-layout '$(STORE)/$(OWN_IMAGE)' --to-plain-http=$(PLAIN_HTTP) "$$IMAGE" >/dev/null
	@echo "$$IMAGE $$("$$ORAS" resolve --plain-http=$(PLAIN_HTTP) "$$IMAGE")"

.PHONY: pull
pull: image-name oras ## Bring an image into the local store: IMAGE=ghcr.io/you/name:tag
	@layer=$$("$$ORAS" manifest fetch --plain-http=$(PLAIN_HTTP) --format go-template='$(LAST_LAYER)' "$$IMAGE") || exit 1; \
	case $$layer in \
	  *.wasm.content.layer.v1+wasm\ * | *tar+gzip\ * | *tar.gzip\ *) ;; \
	  *) echo "error: $$IMAGE is not an image of a filter" >&2; exit 1 ;; \
	esac
	@"$$ORAS" cp --no-tty --from-plain-http=$(PLAIN_HTTP) "$$IMAGE" --to-oci-layout "$(STORE)/$$IMAGE" >/dev/null
	@echo "$$IMAGE $$("$$ORAS" resolve --oci-layout "$(STORE)/$$IMAGE")"

# The module in IMAGE, which may come from this store or be an image that Docker, Podman or Buildah has built.
.PHONY: $(PULLED_MODULE)
$(PULLED_MODULE): image-name oras
	@"$$ORAS" resolve --oci-layout "$(STORE)/$$IMAGE" >/dev/null 2>&1 || $(MAKE) --no-print-directory pull
	@rm -rf '$(@D)' && mkdir -p '$(@D)'
	@layer=$$("$$ORAS" manifest fetch --oci-layout --format go-template='$(LAST_LAYER)' "$(STORE)/$$IMAGE") || exit 1; \
	"$$ORAS" blob fetch --oci-layout --output '$(@D)/layer' "$(STORE)/$${IMAGE%:*}@$${layer#* }" >/dev/null || exit 1; \
	case $$layer in \
	  *+wasm\ *) mv '$(@D)/layer' '$@' ;; \
	  *) tar -xzf '$(@D)/layer' -C '$(@D)' ;; \
	esac
	@[ -f '$@' ] || { echo "error: there is no plugin.wasm in $$IMAGE" >&2; exit 1; }

.PHONY: manifests
manifests: image-name oras ## Print what runs IMAGE=ghcr.io/you/name:tag in Kubernetes
	@sh make/manifests.sh deploy/*.yaml

# The plugin configuration in the manifests is that in envoy-bootstrap.yml.
.PHONY: configurations
lint: configurations
configurations:
	@$(if $(wildcard deploy/*.yaml),awk -f make/compare.awk envoy-bootstrap.yml deploy/*.yaml >&2)

.PHONY: kubectl
kubectl:
	@sh make/tools.sh kubectl

# Only make's command line chooses the cluster. Without CONTEXT, it is kubectl's current context, and without NAMESPACE,
# the namespace of the manifest or of the context.
CONTEXT :=
NAMESPACE :=
override CONTEXT := $(value CONTEXT)
override NAMESPACE := $(value NAMESPACE)
export CONTEXT NAMESPACE

# An Istio before 1.30 has no TrafficExtension: ISTIO_MANIFEST=deploy/istio-wasmplugin.yaml
ISTIO_MANIFEST := deploy/istio.yaml

.PHONY: deploy-istio
deploy-istio: image-name oras kubectl ## Run IMAGE=ghcr.io/you/name:tag in Istio, by kubectl; CONTEXT=, NAMESPACE=
	@MAKE_COMMAND='$(MAKE_COMMAND)' sh make/apply.sh '$(ISTIO_MANIFEST)'

.PHONY: undeploy-istio
undeploy-istio: kubectl ## Remove the filter from Istio
	@sh make/remove.sh '$(ISTIO_MANIFEST)'

.PHONY: deploy-envoy-gateway
deploy-envoy-gateway: deploy/envoy-gateway.yaml image-name oras kubectl ## Run IMAGE=ghcr.io/you/name:tag in Envoy Gateway
	@MAKE_COMMAND='$(MAKE_COMMAND)' sh make/apply.sh '$<'

.PHONY: undeploy-envoy-gateway
undeploy-envoy-gateway: deploy/envoy-gateway.yaml kubectl ## Remove the filter from Envoy Gateway
	@sh make/remove.sh '$<'

deploy/envoy-gateway.yaml:
	@echo 'error: Envoy Gateway runs HTTP filters only' >&2; exit 1
