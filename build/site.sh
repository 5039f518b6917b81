#!/usr/bin/env bash
# The documentation as a site in artifacts/site, from the same Markdown and the XML comments: build/site.sh
# Every link inside it is checked: a broken one ends the build. DocFX is fetched once, into artifacts/tools.
set -euo pipefail
cd "$(dirname "$0")/.."
docfx=2.81.0
dotnet build -c Release src/Groundling.Cli
dotnet build -c Release src/Groundling.Testing
[ -d "artifacts/tools/.store/docfx/$docfx" ] || dotnet tool update docfx --version "$docfx" --tool-path artifacts/tools
artifacts/tools/docfx docfx.json --warningsAsErrors
echo "artifacts/site/index.html; artifacts/tools/docfx serve artifacts/site shows it"
