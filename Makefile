# The two that matter: `make run` shows your cluster, `make test` runs every test. Both install what is missing.
.DEFAULT_GOAL := help
.PHONY: help run build test cluster bench shots

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 10

run: build ## Build, start pilothouse with the current kubeconfig context or a sample cluster, and print the link
	@out/pilothouse --or-demo $(ARGS)

build: ## Build the release binary out/pilothouse, and the site for any static host in dist/
	@scripts/build.sh

test: ## Run every test: format, lints, unit tests, tests in the browser, end to end
	@scripts/test.sh

cluster: ## Start a real control plane with nodes and workloads, print its kubeconfig, run until interrupted
	@scripts/cluster.sh $(ARGS)

bench: build ## Measure pilothouse beside kubectl proxy and nginx, and print the table
	@scripts/bench.sh $(ARGS)

shots: build ## Draw the pages of sample clusters of 3 to 5,000 nodes, in both themes, into out/shots
	@scripts/shots.sh $(ARGS)
