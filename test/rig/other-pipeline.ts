import type { ProjectFixture } from './stage-project.ts';

/** A pipeline that has nothing of Iris: foreach, a diamond, a folder as out, a stage in a subfolder. */
export const otherPipeline: ProjectFixture = {
  stages: {
    words: { script: 'mkdir -p words; printf "b\\na\\n" > words/one; printf "c\\n" > words/two' },
    sort: { script: 'sort "words/$SIBLING_ITEM" > "sorted-$SIBLING_ITEM.txt"' },
    join: { script: 'cat sorted-one.txt sorted-two.txt > joined.txt' },
    count: { script: 'echo "{\\"lines\\": $(cat ../joined.txt | wc -l)}" > count.json' },
  },
  files: {
    'dvc.yaml': `
stages:
  words:
    cmd: sibling stage words
    deps: [stages/words]
    outs: [words]
  sort:
    foreach: [one, two]
    do:
      cmd: sibling stage sort -- env SIBLING_ITEM=\${item} sh /run.sh
      deps: [stages/sort, "words/\${item}"]
      outs: ["sorted-\${item}.txt"]
      meta: {sibling: {image: stages/sort}}
  join:
    cmd: sibling stage join
    deps: [stages/join, sorted-one.txt, sorted-two.txt]
    outs: [joined.txt]
`,
    'sub/dvc.yaml': `
stages:
  count:
    cmd: sibling stage count
    deps: [../stages/count, ../joined.txt]
    metrics: [count.json: {cache: false}]
    meta: {sibling: {image: ../stages/count}}
`,
  },
};
