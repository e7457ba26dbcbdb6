// Colours are the tokens of the page's stylesheet, so light and dark follow by themselves.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const theme = EditorView.theme({
  "&": { height: "34rem", background: "var(--card)", color: "var(--ink)", fontSize: ".875rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { font: ".875rem/1.5rem var(--mono)" },
  ".cm-content": { caretColor: "var(--ink)", padding: ".5rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  ".cm-gutters": { background: "var(--sunk)", color: "var(--soft)", border: "0", borderRight: "1px solid var(--line)" },
  ".cm-activeLineGutter": { background: "var(--off-wash)", color: "var(--ink)" },
  ".cm-activeLine": { background: "color-mix(in srgb, var(--sunk) 60%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "var(--wash)" },
  ".cm-selectionMatch": { background: "var(--off-wash)" },
  ".cm-searchMatch": { background: "var(--wait-wash)", outline: "1px solid var(--wait)" },
  ".cm-searchMatch-selected": { background: "var(--wash)", outlineColor: "var(--accent)" },
  "&.cm-focused .cm-matchingBracket": { background: "var(--wash)", outline: "1px solid var(--accent)" },
  ".cm-foldGutter .cm-gutterElement": { cursor: "pointer", padding: "0 .25rem" },
  ".cm-foldPlaceholder": { background: "var(--off-wash)", border: "0", color: "var(--soft)", padding: "0 .5rem" },
  ".cm-tooltip": { background: "var(--card)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: ".5rem", boxShadow: "0 8px 24px var(--shade)", maxWidth: "34rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { font: ".8125rem/1.5 var(--mono)", maxHeight: "16rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: ".25rem .75rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionInfo": { padding: ".5rem .75rem", font: ".8125rem/1.5 var(--sans)" },
  ".cm-diagnostic": { padding: ".5rem .75rem", font: ".875rem/1.5 var(--sans)" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--bad)" },
  ".cm-diagnostic-warning": { borderLeft: "3px solid var(--wait)" },
  ".cm-lintRange-error, .cm-lintRange-warning": { backgroundImage: "none", paddingBottom: "0", textDecoration: "underline wavy 1.5px var(--bad)", textUnderlineOffset: ".25em", textDecorationSkipInk: "none" },
  ".cm-lintRange-warning": { textDecorationColor: "var(--wait)" },
  ".cm-lint-marker": { width: ".625rem", height: ".625rem", margin: ".4375rem 0 0 .125rem", borderRadius: "50%" },
  ".cm-lint-marker-error": { content: "none", background: "var(--bad)" },
  ".cm-lint-marker-warning": { content: "none", background: "var(--wait)", borderRadius: ".125rem" },
  ".cm-panels": { background: "var(--sunk)", color: "var(--ink)", font: ".875rem/1.5 var(--sans)" },
  ".cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-panel.cm-search": { display: "flex", flexWrap: "wrap", alignItems: "center", gap: ".375rem", padding: ".5rem 3rem .5rem .75rem" },
  ".cm-panel.cm-search br": { flexBasis: "100%", content: "''", display: "block" },
  ".cm-panel.cm-search input.cm-textfield": { width: "14rem", margin: "0", minHeight: "2.25rem", border: "1px solid var(--edge)", background: "var(--card)", fontSize: ".875rem" },
  ".cm-panel.cm-search button.cm-button": { minHeight: "2.25rem", margin: "0", padding: "0 .75rem", border: "1px solid var(--edge)", borderRadius: ".5rem", background: "var(--card)", backgroundImage: "none", fontSize: ".8125rem" },
  ".cm-panel.cm-search label": { display: "inline-flex", alignItems: "center", gap: ".25rem", fontSize: ".8125rem", fontWeight: "450", minHeight: "1.5rem" },
  ".cm-panel.cm-search [name=close]": { top: ".5rem", right: ".5rem", width: "2.25rem", minHeight: "2.25rem", border: "0", background: "none", color: "var(--ink)", fontSize: "1.25rem" },
  ".cm-panel.cm-panel-lint ul": { font: ".875rem/1.5 var(--sans)", maxHeight: "8rem" },
  ".cm-panel.cm-panel-lint ul [aria-selected]": { background: "var(--wash)", color: "var(--ink)" },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--go)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.separator, tags.punctuation, tags.squareBracket, tags.brace, tags.meta], color: "var(--soft)" },
  { tag: [tags.labelName, tags.typeName, tags.keyword, tags.bool, tags.number, tags.null], color: "var(--plan)" },
]);

export const looks = [theme, syntaxHighlighting(colours)];
