// The server judges what is written, a moment after the last key: marks at the lines, and the same
// list that the page shows without a script.
import { lintGutter, linter } from "@codemirror/lint";

const DELAY = 400;

export function judging(form) {
  const list = form.querySelector("[data-verdict]");
  const said = form.querySelector("[data-said]");
  let told = "";

  async function judge(view) {
    const source = view.state.doc.toString();
    let verdict;
    try {
      const answer = await fetch("/api/yaml-flows/validate", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ source }),
      });
      if (!answer.ok) return [];
      verdict = await answer.json();
    } catch {
      return []; // Judged again when it is saved.
    }
    list.replaceChildren(...(verdict.problems.length ? [listed(verdict.problems)] : []));
    const errors = verdict.problems.filter((each) => each.severity === "error").length;
    const now = errors ? `${errors} error${errors === 1 ? "" : "s"}` : "No errors";
    if (now !== told && (told || errors)) said.textContent = now;
    told = now;
    return verdict.problems.map((each) => diagnostic(view.state.doc, each));
  }

  return [linter(judge, { delay: DELAY }), lintGutter()];
}

function diagnostic(doc, problem) {
  const line = doc.line(Math.min(Math.max(problem.line, 1), doc.lines));
  const from = Math.min(line.from + problem.column - 1, line.to);
  return {
    from,
    to: Math.max(from, line.from + line.text.trimEnd().length),
    severity: problem.severity === "error" ? "error" : "warning",
    message: (problem.field ? `${problem.field}: ` : "") + problem.message,
  };
}

function listed(problems) {
  const list = document.createElement("ul");
  list.className = "problems";
  for (const each of problems) {
    const item = document.createElement("li"), text = document.createElement("span");
    const word = document.createElement("b"), link = document.createElement("a");
    item.className = each.severity;
    word.textContent = each.severity === "error" ? "Error" : "Warning";
    link.href = `#L${each.line}`;
    link.dataset.line = each.line;
    link.dataset.column = each.column;
    link.textContent = `line ${each.line}:${each.column}`;
    text.append(word, " ", link, " ");
    if (each.field) {
      const field = document.createElement("code");
      field.textContent = each.field;
      text.append(field, ": ");
    }
    text.append(each.message);
    item.append(text);
    list.append(item);
  }
  return list;
}
