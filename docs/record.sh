#!/usr/bin/env bash
# Draws docs/terminal.svg: runs the simulated `generate` and renders what it printed.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --quiet --package videogen-cli
videogen=$PWD/target/debug/videogen
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
arguments='generate --simulate "a paper boat drifting down a rainy street" -o boat.mp4'
{
  printf '$ videogen %s\n' "$arguments"
  # The simulator's ids differ from run to run.
  (cd "$folder" && VIDEOGEN_JOURNAL="$folder/journal.db" VIDEOGEN_CONFIG="$folder/config.toml" sh -c "$videogen $arguments" 2>&1) |
    sed -E 's/[0-9a-f]{14}/4f1c9a72000002/g'
} | sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g' | awk '
  { line[NR] = $0; if (length($0) > width) width = length($0) }
  END {
    w = int(width * 8.43) + 40; h = NR * 21 + 58
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"Terminal\">\n", w, h
    printf "<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#1b1f27\"/>\n", w, h
    print "<circle cx=\"22\" cy=\"20\" r=\"6\" fill=\"#ff5f57\"/><circle cx=\"42\" cy=\"20\" r=\"6\" fill=\"#febc2e\"/><circle cx=\"62\" cy=\"20\" r=\"6\" fill=\"#28c840\"/>"
    print "<g font-family=\"ui-monospace, Menlo, Consolas, monospace\" font-size=\"14\" fill=\"#d7dae0\" xml:space=\"preserve\">"
    for (i = 1; i <= NR; i++)
      printf "<text x=\"20\" y=\"%d\"%s>%s</text>\n", i * 21 + 37, (line[i] ~ /^\$/ ? " fill=\"#8fd18a\"" : ""), line[i]
    print "</g>\n</svg>"
  }' >docs/terminal.svg
