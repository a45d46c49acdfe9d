const hash = '0cc175b9c0f1b6a831c399e269772661';

/** The files of a project, each of which may be garbled. */
export const files: Readonly<Record<string, string>> = {
  'dvc.yaml': `vars:
- vars.yaml
- own: {name: x, list: [1, 2], flag: true}
stages:
  a:
    cmd: sibling stage a
    desc: what it does
    deps: [in, stages/a, data.csv]
    params: [lr, train.seed, p.json: [a.b], p.toml: [t.x], p.py: [N, M.rate]]
    outs: [out, big: {cache: false, persist: true, push: false, remote: r, desc: d, type: t, labels: [l], meta: {a: 1}}]
    metrics: [m.json: {cache: false}]
    meta:
      sibling:
        image: stages/a
        memory: 512m
        cpus: 0.5
        timeout: 10m
        env: [A?]
        network: none
        tracking: optional
        register: [python, x.py]
        metrics: {acc: {min: 0.5, max: 1, drop: 0.1, level: warn}}
  b:
    foreach: [x, y]
    do:
      cmd: sibling stage b
      deps: [out, stages/b]
      outs: ['b-\${item}']
  c:
    matrix: {s: [1, 2], k: ['\${own.name}', u]}
    cmd: ['sibling stage c -- cp out c', "sibling stage c -- echo '\${item.s}'"]
    wdir: .
    frozen: true
    always_changed: false
    deps: [out]
    outs: ['c-\${item.s}-\${item.k}']
    meta: {sibling: {image: stages/b}}
params: [p.json]
metrics: [top.json]
artifacts: {model: {path: out, type: model, labels: [x]}}
plots:
- p.csv: {x: step, y: loss}
- both: {x: step, y: {p.csv: [loss], m.json: acc}, template: linear, title: t}
`,
  'sub/dvc.yaml':
    'stages:\n  d:\n    cmd: sibling stage d\n    deps: [../out]\n    outs: [d.txt]\n    meta: {sibling: {image: ../stages/b}}\n',
  'vars.yaml': 'v: {w: [1, 2], x: y}\n',
  'p.json': '{"a": {"b": 1.0, "c": [1, NaN]}, "d": null}',
  'p.toml': 'a.b = 1\n[t]\nx = 1e-3\n[[l]]\nn = 1\n[[l]]\nn = 2\n',
  'p.py': 'N: int = 3\nclass M:\n    rate = -1.5\n    def __init__(self):\n        self.x = [1]\n',
  'dvc.lock': `schema: '2.0'\nstages:\n  a:\n    cmd: sibling stage a\n    deps:\n    - path: in\n      hash: md5\n      md5: ${hash}\n      size: 1\n    params:\n      params.yaml:\n        lr: 0.1\n        train.seed: 3\n    outs:\n    - path: out\n      hash: md5\n      md5: ${hash}\n      size: 1\n`,
  'params.yaml': 'lr: 0.1\ntrain: &t\n  seed: 3\n  layers: [1, 2]\nother: {<<: *t}\n',
  'data.csv.dvc': `deps:\n- path: /tmp/x\n  md5: ${hash}\nouts:\n- md5: ${hash}\n  size: 1\n  hash: md5\n  path: data.csv\nwdir: .\nfrozen: true\n`,
  '.dvc/config':
    '[core]\n    analytics = false\n    remote = r\n    autostage = true\n[\'remote "r"\']\n    url = /tmp/x\n[cache]\n    dir = ../c\n',
  '.dvc/config.local': '[cache]\n    type = copy\n',
  '.dvcignore': '# x\n*.tmp\n!keep.tmp\n',
  '.gitignore': '/out\n/data.csv\n.env\n/.sibling\n',
  '.env': 'A=1\nB="x y"\n',
  'm.json': '{"acc": 0.9, "loss": [1, 2]}',
  'p.csv': 'step,loss\n1,0.5\n2,0.4\n',
  '.sibling/run.lock': '{"run": "x", "pid": 1, "started": "3", "host": "h"}',
  '.sibling/present/x.json': '{"run": "x", "pid": 1, "started": "3", "host": "h", "what": "s"}',
  '.sibling/called/x.json': '{"run": "x", "stage": "a"}',
  '.sibling/runs/x.log': '[a] hello\n',
  '.sibling/hash-cache': '{"version": 1, "entries": {}}',
  '.sibling/report/report.json': '{"version": 1}',
  in: 'a',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a Dockerfile's own variable
  'stages/a/Dockerfile': 'ARG BASE\nFROM ${BASE}\n',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a Dockerfile's own variable
  'stages/b/Dockerfile': 'ARG BASE\nFROM ${BASE}\n',
};
