#!/bin/bash
# Runs Groundling for Windows on Linux, under Wine, with the real win-x64 natives: the main job, the service, the tool package, the tests.
#   build/test-windows.sh [publish] [ground] [utf8] [faults] [serve] [library] [tool] [tests]      all of them where none is named
# Needs Wine 10 (Debian 13: apt-get install -y --no-install-recommends wine), or a folder with one: GROUNDLING_WINE_ROOT, made by
# build/wine-root.sh. docs/windows.md says what was seen.
set -euo pipefail
cd "$(dirname "$0")/.."
in_root=(${GROUNDLING_WINE_ROOT:+chroot "$GROUNDLING_WINE_ROOT"})
"${in_root[@]}" sh -c 'command -v wine' > /dev/null ||
    { echo "there is no wine; as root: build/wine-root.sh FOLDER, then GROUNDLING_WINE_ROOT=FOLDER $0" >&2; exit 2; }

ROOT=$PWD
WORK=${GROUNDLING_WINDOWS:-$ROOT/artifacts/windows}
PUBLISH=$WORK/publish
mkdir -p "$WORK"
export WINEPREFIX=${WINEPREFIX:-$WORK/wine} WINEDEBUG=${WINEDEBUG:--all}
export KMP_AFFINITY=disabled             # Wine 8 lacks GetNumaNodeProcessorMaskEx, on which Intel's OpenMP ends the process
export DOTNET_EnableWriteXorExecute=0    # else the runtime ends with "Internal CLR error" after seconds

say() { printf '\n== %s\n' "$*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }
windows() { printf 'Z:%s' "${1//\//\\}"; }
# Runs a program of Windows for so many seconds at most.
run() {
    local seconds=$1
    shift
    timeout "$seconds" "${in_root[@]}" env -C "$PWD" HOME="${HOME:-/root}" wine "$@"
}
groundling() { run 300 "$PUBLISH/Groundling.Cli.exe" "$@"; }

publish() {
    say "publish for win-x64"
    dotnet publish src/Groundling.Cli -c Release -r win-x64 --self-contained true -o "$PUBLISH" -v q --nologo
}

ground() {
    say "the main job: the same table as on Linux, digit for digit"
    dotnet build -c Release src/Groundling.Cli -v q --nologo
    groundling ground "$(windows "$ROOT/samples/harbor.png")" --threads 1 --out "$(windows "$WORK/out")" 2> /dev/null | tr -d '\r' > "$WORK/windows.txt"
    artifacts/bin/Groundling.Cli/release*/Groundling.Cli ground samples/harbor.png --threads 1 --out "$WORK/out-linux" 2> /dev/null > "$WORK/linux.txt"
    cat "$WORK/windows.txt"
    diff <(grep '│' "$WORK/linux.txt") <(grep '│' "$WORK/windows.txt") || fail "the tables differ"
}

utf8() {
    say "standard streams are UTF-8"
    groundling phrases "A woman in a café under 雲" --json > "$WORK/phrases.json"
    python3 -c 'import json, sys; assert any("café" in p["text"] for p in json.load(open(sys.argv[1], encoding="utf-8")))' "$WORK/phrases.json"
    printf 'A woman in a caf\xc3\xa9.\n' | groundling phrases --file - | grep -q "café" || fail "standard input"
    { groundling ground none.png --caption "[a]" --head "é—雲" 2>&1 || true; } | grep -q "é—雲" || fail "standard error"
}

faults() {
    say "faults are one line"
    line() { # what it must say, then the command
        local says=$1 text
        shift
        text=$(groundling "$@" 2>&1 > /dev/null | tr -d '\r') && fail "$* worked"
        echo "$text"
        [[ $(wc -l <<< "$text") == 1 && $text == *"$says"* ]] || fail "expected one line with: $says"
    }
    line "none that Windows takes" ground 'Z:\a<b>.png' --caption "[a]"
    line "does not exist" ground 'Z:\nowhere\a.png' --caption "[a]"
    mkdir -p "$WORK/torn" && cp -r "$PUBLISH/." "$WORK/torn" && rm -f "$WORK"/torn/torch*.dll "$WORK"/torn/c10.dll
    local text
    text=$(run 120 "$WORK/torn/Groundling.Cli.exe" ground "$(windows "$ROOT/samples/harbor.png")" --out "$(windows "$WORK/out")" --quiet 2>&1 | tr -d '\r') || true
    rm -rf "$WORK/torn"
    echo "$text"
    [[ $(wc -l <<< "$text") == 1 && $text == *"libtorch-cpu-win-x64"* ]] || fail "a missing libtorch is not one line"
}

serve() {
    say "the service, asked by curl"
    : > "$WORK/serve.txt"
    groundling serve --port 18080 > "$WORK/serve.txt" 2>&1 &
    local job=$!
    for _ in $(seq 120); do grep -q "is ready" "$WORK/serve.txt" && break || sleep 1; done
    local code
    code=$(curl -s -o "$WORK/answer.json" -w '%{http_code}' -F "image=@samples/harbor.png" -F "caption=<samples/harbor.txt" http://127.0.0.1:18080/v1/ground)
    curl -s -o /dev/null -w 'page %{http_code}\n' http://127.0.0.1:18080/
    echo "POST /v1/ground $code"
    kill $job 2> /dev/null || true
    wait $job 2> /dev/null || true
    [[ $code == 200 ]] || { cat "$WORK/serve.txt"; fail "the service did not answer"; }
    python3 -c 'import json, sys; found = json.load(open(sys.argv[1]))["phrases"]; assert len(found) == 13; print(len(found), "phrases")' "$WORK/answer.json"
}

library() {
    say "README's lines of C#, on the packages"
    rm -rf "$WORK/masks" "$WORK/feed"
    dotnet pack -c Release -o "$WORK/feed" -v q --nologo -p:Version=0.0.0-windows
    dotnet new console --output "$WORK/masks" > /dev/null
    (
        cd "$WORK/masks"
        export RestoreAdditionalProjectSources=$WORK/feed
        dotnet add package Groundling.Models.Scenes --version 0.0.0-windows > /dev/null
        dotnet add package libtorch-cpu-win-x64 --version 2.10.0 > /dev/null
        awk '/^```csharp/ { inside = 1; next } /^```/ && inside { exit } inside' "$ROOT/README.md" > Program.cs
        dotnet publish -c Release -r win-x64 --self-contained true -o publish -v q --nologo
        run 300 publish/masks.exe | tr -d '\r'
        [[ -s overlay.png ]] || fail "no picture was made"
    )
}

tool() {
    say "the tool package, unpacked as dotnet tool install does, and run on the .NET runtime for Windows"
    rm -rf "$WORK/tool-feed" "$WORK/tool" "$WORK/dotnet"
    dotnet pack src/Groundling.Cli -c Release -o "$WORK/tool-feed" -v q --nologo -p:Version=0.0.0-windows -p:ToolPackageRuntimeIdentifiers=win-x64
    mkdir -p "$WORK/tool"
    python3 -m zipfile -e "$WORK/tool-feed/Groundling.Cli.win-x64.0.0.0-windows.nupkg" "$WORK/tool"
    local program
    program=$(dirname "$(find "$WORK/tool/tools" -name Groundling.Cli.dll)")
    # The runtime, from the packs that publish restored; and a starter for it, as the tool's shim is.
    local packs=${NUGET_PACKAGES:-$HOME/.nuget/packages} name version
    for name in NETCore AspNetCore; do
        local pack
        pack=$(ls -d "$packs/microsoft.${name,,}.app.runtime.win-x64"/* | sort -V | tail -1)
        version=$(basename "$pack")
        local shared=$WORK/dotnet/shared/Microsoft.$name.App/$version
        mkdir -p "$shared"
        cp "$pack"/runtimes/win-x64/lib/net10.0/* "$pack"/runtimes/win-x64/native/* "$shared" 2> /dev/null || true
        [[ ! -f $shared/hostfxr.dll ]] || { mkdir -p "$WORK/dotnet/host/fxr/$version" && mv "$shared/hostfxr.dll" "$WORK/dotnet/host/fxr/$version"; }
    done
    [[ -f $program/Groundling.Cli.exe ]] || cp artifacts/obj/Groundling.Cli/release*win-x64*/apphost.exe "$program/Groundling.Cli.exe"
    DOTNET_ROOT=$(windows "$WORK/dotnet") run 300 "$program/Groundling.Cli.exe" --version
    DOTNET_ROOT=$(windows "$WORK/dotnet") run 300 "$program/Groundling.Cli.exe" ground \
        "$(windows "$program/samples/harbor.png")" --threads 1 --out "$(windows "$WORK/out-tool")" 2> /dev/null | tail -3
    [[ -s $WORK/out-tool/overlay.png ]] || fail "the tool made no picture"
}

# Each class in a process of its own: one that does not end must not take the others with it.
tests() {
    say "the default tests, class by class"
    dotnet publish tests/Groundling.Tests -c Release -r win-x64 --self-contained true -v q --nologo -p:CheckFormat=false
    local program=artifacts/bin/Groundling.Tests/release_win-x64/Groundling.Tests.exe out=$WORK/tests
    rm -rf "$out"
    mkdir -p "$out"
    local classes=("${GROUNDLING_WINDOWS_CLASSES:-}")
    [[ -n ${classes[0]} ]] || mapfile -t classes < <(run 120 "$program" -list classes 2> /dev/null | tr -d '\r' | grep '^Groundling\.Tests\.')
    local class code total bad=0
    : > "$WORK/tests.txt"
    for class in ${classes[@]}; do
        code=0
        run "${GROUNDLING_WINDOWS_SECONDS:-300}" "$program" -class "$class" -verbose -noColor -noLogo < /dev/null > "$out/$class.txt" 2>&1 || code=$?
        sed -i 's/\r$//' "$out/$class.txt"
        total=$(grep -o 'Total: .*Time' "$out/$class.txt" | sed 's/, Not Run.*//' || true)
        if [[ -z $total ]]; then
            total="did not end (code $code): $(grep '\[STARTING\]' "$out/$class.txt" | tail -1 | sed 's/^ *//')"
            "${in_root[@]}" wineserver -k || true
        fi
        [[ $total == *"Failed: 0"* ]] || bad=$((bad + 1))
        printf '%-60s %s\n' "${class#Groundling.Tests.}" "$total" | tee -a "$WORK/tests.txt"
    done
    grep -h -A1 '\[SKIP\]' "$out"/*.txt | grep -v '^--' | sed 's/^ *//' > "$WORK/skipped.txt" || true
    echo "$bad classes with failures; skipped tests and their reasons: $WORK/skipped.txt"
    [[ $bad == 0 ]]
}

[[ $# -gt 0 ]] || set -- publish ground utf8 faults serve library tool tests
for step in "$@"; do
    case $step in
        publish | ground | utf8 | faults | serve | library | tool | tests) $step ;;
        *) echo "no such step: $step" >&2; exit 2 ;;
    esac
done
say "done: $*"
