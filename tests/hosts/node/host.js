// A host in Node.js; otherwise as ../c/host.c. V8 has a SIGSEGV handler of its own, for WebAssembly: an access beyond its
// memory becomes an exception.
//
//     node host.js BINDING DATA [exit]
'use strict';
const fs = require('fs');
const { Worker, isMainThread, workerData } = require('worker_threads');

const [binding, data, mode, trained] = isMainThread ? process.argv.slice(2) : workerData;
const digits = require(binding);
const BATCH = 32, EPOCHS = 3, FAULTS = 200;

// Every fifth row is held out of training.
function samples(rows) {
  return {
    X: Float32Array.from(rows.flatMap(row => row.slice(0, digits.inputs)), number => number / 16),
    labels: Int32Array.from(rows, row => row[digits.inputs]),
  };
}
const rows = fs.readFileSync(data, 'utf8').trim().split('\n').map(line => line.split(',').map(Number));
const training = samples(rows.filter((_, row) => row % 5 !== 4));
const test = samples(rows.filter((_, row) => row % 5 === 4));

function learn(aloud) {
  const parameters = new Float32Array(digits.parameters);
  digits.initialize(parameters, 7);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const loss = digits.trainEpoch(parameters, training.X, training.labels, BATCH, 7, epoch);
    if (aloud) console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(6)}`);
  }
  if (!aloud) return;
  console.log(`right: ${digits.evaluate(parameters, test.X, test.labels)} of ${test.labels.length}`);
  let hash = 0xcbf29ce484222325n;
  for (const one of new Uint8Array(parameters.buffer)) hash = BigInt.asUintN(64, (hash ^ BigInt(one)) * 0x100000001b3n);
  console.log(`parameters: ${hash.toString(16).padStart(16, '0')}`);
}

// (module (memory 1) (func (export "read") (result i32) (i32.load (i32.const 0x7fffffff))))
const beyond = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 5, 3, 1, 0, 1, 7, 8, 1, 4, 114, 101, 97, 100, 0, 0,
  10, 13, 1, 11, 0, 65, 255, 255, 255, 255, 7, 40, 2, 0, 11])));

function fault(i) {
  if (i % 3 === 0) null.read();
  if (i % 3 === 1) digits.initialize(new Float32Array(1), 7);
  beyond.exports.read();
}

// Starts workers; each trains when the promise is kept. They share a count of those that have trained once.
async function trainBeside(workers) {
  const count = new Int32Array(new SharedArrayBuffer(4));
  for (let i = 0; i < workers; i++) new Worker(__filename, { workerData: [binding, data, 'train', count] });
  for (let i = 0; i < 3000 && Atomics.load(count, 0) < workers; i++) await new Promise(done => setTimeout(done, 10));
  if (Atomics.load(count, 0) < workers) {
    console.error(`${Atomics.load(count, 0)} of ${workers} workers train`);
    process.exit(3);
  }
}

async function main() {
  if (mode === 'exit') {
    await trainBeside(3);
    process.exit(7);
  }
  learn(true);
  await trainBeside(1);
  let caught = 0;
  for (let i = 0; i < FAULTS; i++) {
    try { fault(i); } catch { caught++; }
  }
  console.log(`caught: ${caught}`);
  learn(true);
  process.exit(0);
}

if (isMainThread) {
  main();
} else {
  learn(false);
  Atomics.add(trained, 0, 1);
  for (;;) learn(false);
}
