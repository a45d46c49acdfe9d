# Thin: each target is one call. `make` alone lists them.
SIBLING := bin/sibling
.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup-env
setup-env: ## write .env: DagsHub user, token, repository (optional)
	@$(SIBLING) setup-env

.PHONY: doctor
doctor: ## look at everything that a run needs, and say what is wrong
	@$(SIBLING) doctor

.PHONY: build
build: ## make the images that are missing
	@$(SIBLING) build

.PHONY: run
run: ## run the pipeline; what did not change is not run again
	@$(SIBLING) run

.PHONY: run-ingest
run-ingest: ## run the stage ingest
	@$(SIBLING) run ingest

.PHONY: run-preprocess
run-preprocess: ## run preprocess and what it depends on
	@$(SIBLING) run preprocess

.PHONY: run-train
run-train: ## run train and what it depends on
	@$(SIBLING) run train

.PHONY: run-evaluate
run-evaluate: ## run evaluate and what it depends on
	@$(SIBLING) run evaluate

.PHONY: run-push
run-push: ## run the pipeline, then push
	@$(SIBLING) run
	@$(SIBLING) push

.PHONY: restore
restore: ## bring the workspace to what dvc.lock says, from the DVC remote
	@$(SIBLING) pull

.PHONY: promote
promote: ## make the model in dvc.lock production: MODEL= ALIAS= VERSION= OVERRIDE= DRY_RUN=1
	@$(SIBLING) promote $(if $(ALIAS),--alias "$$ALIAS") $(if $(VERSION),--version "$$VERSION") \
		$(if $(OVERRIDE),--override "$$OVERRIDE") $(if $(filter-out 0 false no,$(DRY_RUN)),--dry-run) \
		$(if $(MODEL),-- "$$MODEL")

.PHONY: models
models: ## list the registered versions of the model: MODEL=
	@$(SIBLING) models $(if $(MODEL),-- "$$MODEL")

.PHONY: push
push: ## send outs and the run-cache to the DVC remote
	@$(SIBLING) push

.PHONY: pull
pull: ## fetch outs and the run-cache from the DVC remote
	@$(SIBLING) pull

.PHONY: status
status: ## show which stages would run, and why
	@$(SIBLING) status

.PHONY: dag
dag: ## draw the graph of stages
	@$(SIBLING) dag

.PHONY: reproduce
reproduce: ## make a registered model again and compare: MODEL=NAME@ALIAS or NAME/VERSION
	@$(SIBLING) reproduce -- "$${MODEL-}"

.PHONY: reproduce-json
reproduce-json: ## the same, with the result as JSON
	@$(SIBLING) reproduce --json -- "$${MODEL-}"

.PHONY: up
up: ## start the local MLflow server
	@$(SIBLING) up

.PHONY: down
down: ## stop the local MLflow server
	@$(SIBLING) down

.PHONY: git-sync
git-sync: ## commit and push dvc.lock and metrics
	@$(SIBLING) git-sync

.PHONY: clean
clean: ## remove leftover containers, scratch folders and logs
	@$(SIBLING) clean

node_modules: package.json package-lock.json
	@echo "Installing npm packages"
	@npm ci --silent --no-progress
	@touch node_modules

.PHONY: act
act: node_modules ## run the workflow of a push here, by act (ACT_IMAGE=own: jobs in containers)
	@npm run --silent act push

.PHONY: act-pr
act-pr: node_modules ## run the workflow of a pull request here, by act
	@npm run --silent act pull_request

.PHONY: act-dispatch
act-dispatch: node_modules ## run the workflow by hand here: PARAMS=train.n_estimators=200 FORCE=train
	@npm run --silent act workflow_dispatch

.PHONY: lint
lint: node_modules ## check style, types, workflows, Dockerfiles, shell, Python
	@npm run --silent lint

.PHONY: test
test: node_modules ## run every check and every test
	@npm run --silent test
