// Names of types and properties, from the published JSON Schema of the language. It is fetched when
// the first name is asked for.
let schema;

async function language() {
  schema ??= fetch("/api/yaml-flows/schema").then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
  return schema;
}

const indentOf = (text) => text.match(/^[\s-]*/)[0].length;
const KINDS = { inputs: "input", onResume: "input", triggers: "trigger" };

export async function completing(context) {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  const type = before.match(/^[\s-]*type:\s+["']?([\w.]*)$/);
  const key = before.match(/^[\s-]*(\w*)$/);
  if (!type && !(key && (key[1] || context.explicit))) return null;
  const language_ = await language();
  if (!language_) return null;
  const word = (type ?? key)[1];
  return {
    from: context.pos - word.length,
    options: type ? types(language_, kindAt(context.state.doc, line)) : keys(language_, context.state.doc, line, before),
    validFor: /^[\w.]*$/,
  };
}

// What the list holds that a line stands in: tasks, unless a key around it says something else.
function kindAt(doc, line) {
  let indent = indentOf(line.text);
  for (let number = line.number - 1; number > 0 && indent > 0; number--) {
    const text = doc.line(number).text;
    if (!text.trim() || text.trimStart().startsWith("#") || indentOf(text) >= indent) continue;
    indent = indentOf(text);
    const name = text.match(/^[\s-]*(\w+):\s*$/);
    if (name) return KINDS[name[1]] ?? "task";
  }
  return "task";
}

function types(schema, kind) {
  const prefix = `${kind}:`;
  return Object.keys(schema.$defs)
    .filter((name) => name.startsWith(prefix))
    .map((name) => ({
      label: name.slice(prefix.length),
      type: "type",
      info: schema.$defs[name].properties?.type?.description,
    }));
}

// The lines of the map that a line belongs to.
function siblings(doc, line, indent) {
  const found = [];
  const walk = (from, by) => {
    for (let number = from; number > 0 && number <= doc.lines; number += by) {
      const text = doc.line(number).text;
      if (!text.trim()) continue;
      const begins = text.match(/^\s*/)[0].length, here = indentOf(text);
      if (here < indent || (by > 0 && here === indent && begins < indent)) break;
      if (here === indent && number !== line.number) found.push(text.trim().replace(/^(-\s+)+/, ""));
      if (by < 0 && here === indent && begins < indent) break;
    }
  };
  walk(line.number, /^\s*-/.test(line.text) ? 1 : -1);
  if (!/^\s*-/.test(line.text)) walk(line.number + 1, 1);
  return found;
}

function keys(schema, doc, line, before) {
  const indent = indentOf(before);
  const around = siblings(doc, line, indent);
  const used = new Set(around.map((text) => text.match(/^(\w+):/)?.[1]));
  let properties = schema.properties;
  if (indent) {
    const type = around.map((text) => text.match(/^type:\s*["']?([\w.]+)/)?.[1]).find(Boolean);
    const name = type && ["task", "trigger", "input"].map((kind) => `${kind}:${type}`).find((each) => schema.$defs[each]);
    properties = name ? schema.$defs[name].properties : { id: {}, type: {} };
  }
  return Object.entries(properties)
    .filter(([name, about]) => !used.has(name) && !about.deprecated)
    .map(([name, about]) => ({ label: name, apply: `${name}: `, type: "property", info: about.description }));
}
