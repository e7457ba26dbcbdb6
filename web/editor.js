// The text area of a flow's document becomes an editor. Everything it does can be done without it:
// the form is sent as it was, with what is written here.
import { autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput, indentUnit } from "@codemirror/language";
import { lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers,
} from "@codemirror/view";
import { completing } from "./completing.js";
import { judging } from "./judging.js";
import { looks } from "./looks.js";

const form = document.querySelector("[data-editing]");
const area = form.querySelector("textarea");
const save = form.querySelector("[data-save]");
let sent = false;

const submit = () => {
  form.requestSubmit(save);
  return true;
};

const leave = (here) => {
  closeCompletion(here);
  return false;
};

const view = new EditorView({
  state: EditorState.create({
    doc: area.value,
    extensions: [
      EditorView.cspNonce.of(form.dataset.nonce),
      lineNumbers(),
      highlightActiveLineGutter(),
      highlightActiveLine(),
      highlightSpecialChars(),
      history(),
      codeFolding(),
      foldGutter({ openText: "▾", closedText: "▸" }),
      drawSelection(),
      indentUnit.of("  "),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      autocompletion({ override: [completing], icons: false }),
      search({ top: true }),
      highlightSelectionMatches(),
      yaml(),
      looks,
      judging(form),
      // Tab is left to the browser: whoever comes by keyboard also gets out again.
      keymap.of([
        { key: "Mod-s", run: submit, preventDefault: true },
        { key: "Tab", run: leave, shift: leave },
        ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap,
      ]),
      // The list scrolls, so that it can be reached as whatever scrolls can; Tab closes it and goes on.
      EditorView.updateListener.of(({ view: here }) => {
        for (const list of here.dom.querySelectorAll(".cm-tooltip-autocomplete > ul")) list.tabIndex = 0;
      }),
      EditorView.contentAttributes.of({
        tabindex: "0",
        "aria-labelledby": "source-label",
        "aria-describedby": "source-help",
        autocapitalize: "off",
        spellcheck: "false",
      }),
    ],
  }),
});

const host = document.createElement("div");
host.className = "editor";
host.append(view.dom);
// The page's own keys are for those who do not write.
host.addEventListener("keydown", (event) => event.stopPropagation());
area.hidden = true;
area.after(host);
for (const each of document.querySelectorAll(".numbered")) each.hidden = true;
for (const each of form.querySelectorAll(".scripted")) each.hidden = false;
form.querySelector("label[for]").addEventListener("click", () => view.focus());

const first = view.state.doc;
const changed = () => "unsaved" in form.dataset || !first.eq(view.state.doc);
form.addEventListener("submit", () => {
  area.value = view.state.doc.toString();
  sent = true;
});
addEventListener("keydown", (event) => {
  if (event.key === "s" && (event.ctrlKey || event.metaKey) && !event.altKey) {
    event.preventDefault();
    submit();
  }
});
addEventListener("beforeunload", (event) => {
  if (!sent && changed()) event.preventDefault();
});
addEventListener("pageshow", () => {
  sent = false;
});

// A problem leads to its place.
form.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  if (!link) return;
  event.preventDefault();
  const line = view.state.doc.line(Math.min(Math.max(+link.dataset.line, 1), view.state.doc.lines));
  const at = Math.min(line.from + Math.max(+link.dataset.column - 1, 0), line.to);
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  view.focus();
});
