// Runs a model in ONNX Runtime: node ort.js FOLDER-OF-node_modules MODEL INPUT OUT n px
// INPUT holds n·3·px·px float32; each output goes to OUT.NAME as float32.
const fs = require("fs");
const path = require("path");
const [modules, model, input, out, n, px] = process.argv.slice(2);
const ort = require(path.join(modules, "node_modules", "onnxruntime-node"));

async function main() {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1 });
  const bytes = fs.readFileSync(input);
  const x = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const result = await session.run({ image: new ort.Tensor("float32", x, [+n, 3, +px, +px]) });
  for (const name of session.outputNames) {
    const { data, dims } = result[name];
    fs.writeFileSync(`${out}.${name}`, Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    console.log(name, dims.join("×"));
  }
}

main().catch((e) => {
  console.error(e.message);
  process.exit(1);
});
