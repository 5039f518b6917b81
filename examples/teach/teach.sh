#!/bin/sh
# Teaches the embedded model four things it has never seen (docs/teaching.md): new data, edited, checked, learnt from, measured, compared.
#   examples/teach/teach.sh [FOLDER]     everything goes to FOLDER, teach if not given; it must not be there yet
# From the environment: GROUNDLING, the command; PICTURES, of each of the three sets; SIZE, their side in pixels; MODEL and CONFIG, what is taught
# and how; TRAIN, further options of train, such as "--set train.threads=1".
set -eu

folder=${1:-teach}
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
absolute() { # paths may begin in the folder where this was called; a hub's OWNER/NAME stays
    case $1 in
    /*) echo "$1" ;;
    *) if [ -e "$1" ]; then echo "$PWD/$1"; else echo "$1"; fi ;;
    esac
}
groundling=${GROUNDLING:-groundling}
case $groundling in
*/*) groundling=$(absolute "$groundling") ;;
esac
pictures=${PICTURES:-40}
size=${SIZE:-256}
model=$(absolute "${MODEL:-$root/models/scenes}")
config=$(absolute "${CONFIG:-$root/configs/few-pictures.json}")
if [ -e "$folder" ]; then
    echo "error: $folder is there already; name another folder" >&2
    exit 2
fi
mkdir -p "$folder"
cd "$folder"

# 1. Pictures. Yours are photographs; these are drawn: some to learn from, others to stop by, a third set and the old world to be judged by.
$groundling scenes --out drawn --split novel --count "$pictures" --size "$size" --seed 1
$groundling scenes --out drawn --split novel-val --count "$pictures" --size "$size" --seed 1
$groundling scenes --out held-out --split novel-val --count "$pictures" --size "$size" --seed 2
$groundling scenes --out old --split val --count "$pictures" --size "$size" --seed 2

# 2. Annotations. On a page: groundling browse mine --split train --edit. Here the same steps come from a file.
for pair in novel:train novel-val:val; do
    from=${pair%:*} to=${pair#*:}
    $groundling data edit drawn --split "$from" --print > "edits-$to.jsonl"
    $groundling data new "begun-$to" --split "$to" --pictures "drawn/images/${from}2017"
    $groundling data edit "begun-$to" --split "$to" --edits "edits-$to.jsonl"
done
mv begun-train mine
cp -R begun-val/. mine # splits lie beside each other in a folder
rm -r begun-val
$groundling data check mine --split train
$groundling data check mine --split val

# 3. Before, learning, after.
measure() { # name, options that name what is measured
    name=$1
    shift
    $groundling evaluate held-out --split novel-val --model "$model" --out "reports/new-$name" "$@"
    $groundling evaluate old --split val --model "$model" --out "reports/old-$name" "$@"
}
measure before
# shellcheck disable=SC2086 # TRAIN holds several words
$groundling train "$config" --data mine --model "$model" --out run ${TRAIN:-}
measure after --grounding run/checkpoints/best

# 4. What it has learnt, and what it has forgotten.
$groundling compare reports/new-before reports/new-after --out learnt
$groundling compare reports/old-before reports/old-after --out forgotten
echo "look at it: groundling serve --model $model --grounding $folder/run/checkpoints/best"
