/** The skeleton and the style sheet of a page of word codes (words-page.ts); names in braces are filled in. */

export const WORDS_PAGE_STYLE = `
:root { color-scheme: light dark; --back: #fff; --ink: #1a1a1a; --faint: #dcdcdc; --mark: #eef4fb; }
@media (prefers-color-scheme: dark) {
  :root { --back: #16181b; --ink: #e6e6e6; --faint: #3a3d42; --mark: #22303f; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 76rem; background: var(--back); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; }
h2 { font-size: 1.125rem; margin: 2rem 0 .5rem; }
h3 { font-size: .9375rem; margin: .75rem 0 .25rem; }
p { margin: .25rem 0 .5rem; max-width: 60rem; }
.settings, .said { font-size: .875rem; }
label { display: block; font-size: .875rem; margin-bottom: .25rem; }
input, textarea { width: 100%; max-width: 30rem; padding: .375rem .5rem; font: inherit; color: inherit;
  background: var(--back); border: 1px solid currentColor; border-radius: 4px; }
textarea { max-width: none; min-height: 4rem; resize: vertical; }
ul { margin: .25rem 0; padding: 0; list-style: none; font-size: .875rem; }
.unit { padding: .25rem .5rem; border-bottom: 1px solid var(--faint); display: flex; gap: .75rem; }
.unit b { min-width: 3rem; text-align: right; font-variant-numeric: tabular-nums; }
.long { max-height: 22rem; overflow-y: auto; border: 1px solid var(--faint); }
.two { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem; }
.three { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 1rem; }
.both { background: var(--mark); }
.chart { width: 100%; height: 320px; }
.tall { height: 400px; }
@media (max-width: 720px) { .two, .three { grid-template-columns: minmax(0, 1fr); } }
`;

export const WORDS_PAGE_HTML = `
<h1>{title}</h1>
<p class="settings">{settings}</p>

<h2>Units as concepts</h2>
<p>A unit stands for what the words that activate it have in common.</p>
<label for="unit-filter">Units whose words contain, or with the number</label>
<input id="unit-filter" type="search" autocomplete="off" spellcheck="false">
<p class="said" id="unit-count" aria-live="polite"></p>
<ul class="long" id="unit-list" tabindex="0" aria-label="units"></ul>
<h3>Words that each unit is active for</h3>
<div class="chart" id="chart-load" role="img" aria-label="words that each unit is active for"></div>

<h2>A word</h2>
<label for="word">A word of the vocabulary</label>
<input id="word" type="search" autocomplete="off" spellcheck="false" value="{word}">
<p class="said" id="word-said" aria-live="polite"></p>
<div class="two">
<div><h3>Its neighbours</h3><div class="chart tall" id="chart-neighbors" role="img" aria-label="the nearest words"></div></div>
<div><h3>Its code: the units that are active, each with its words</h3><ul id="word-code"></ul></div>
</div>

<h2>Two sentences</h2>
<p>A sentence is coded by all its words. Put one word into [brackets] to see how it is used: by the words around it alone.</p>
<div class="two">
<div><label for="sentence-left">One sentence</label><textarea id="sentence-left">{left}</textarea>
<p class="said" id="said-left"></p><p class="said" id="near-left"></p></div>
<div><label for="sentence-right">Another</label><textarea id="sentence-right">{right}</textarea>
<p class="said" id="said-right"></p><p class="said" id="near-right"></p></div>
</div>
<p id="shared" aria-live="polite"></p>
<div class="three">
<div><h3>Only in the one</h3><ul id="only-left"></ul></div>
<div class="both"><h3>In both</h3><ul id="both"></ul></div>
<div><h3>Only in the other</h3><ul id="only-right"></ul></div>
</div>
`;
