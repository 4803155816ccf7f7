# The two that matter: `make run` shows your cluster, `make test` runs every test. Both install what is missing.
.DEFAULT_GOAL := help
.PHONY: help run build test cluster bench bench-demo bench-tab bench-updates bench-paint soak shots

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

run: build ## Build, start pilothouse with the current kubeconfig context or a sample cluster, and print the link
	@out/pilothouse --or-demo $(ARGS)

build: ## Build the release binary out/pilothouse, and the site for any static host in dist/
	@scripts/build.sh

test: ## Run every test: format, lints, unit tests, tests in the browser, end to end
	@scripts/test.sh

cluster: ## Start a real control plane with nodes and workloads, print its kubeconfig, run until interrupted
	@scripts/cluster.sh $(ARGS)

bench: build ## Measure pilothouse beside kubectl proxy, nginx, curl and kubectl, and print the tables
	@scripts/bench.sh proxies $(ARGS)
	@scripts/bench.sh tab
	@scripts/bench.sh updates

bench-tab: build ## Load a cluster in a tab, beside curl and kubectl; ARGS="--nodes 5000 --pods 150000 --upstream demo"
	@scripts/bench.sh tab $(ARGS)

bench-demo: build ## Measure the demo cluster at 5,000 nodes beside a real API server, against what it must reach
	@scripts/bench.sh demo $(ARGS)

bench-updates: build ## Follow 1,000 changes a second in a tab for a minute; ARGS="--rate 100 --pods 150000"
	@scripts/bench.sh updates $(ARGS)

bench-paint: build ## Time a frame of 5,000 nodes, hover, and groups that open in Explore; ARGS="--nodes 500 --pods 12000"
	@scripts/bench.sh paint $(ARGS)

soak: build ## Follow 100 changes a second for an hour, and fail if memory grows by more than 5 %
	@scripts/bench.sh updates --rate 100 --seconds 3600 --most-growth 5 $(ARGS)

shots: build ## Draw the pages of sample clusters of 3 to 5,000 nodes, in both themes, into out/shots
	@scripts/shots.sh $(ARGS)
