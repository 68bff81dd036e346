# Part of run.sh: samples that count differently, and files larger than memory. Wants the digits of program.sh.
echo "== The command on weights and streams"
cd "$work" || exit 1

# same ONE OTHER: two models have the same parameters.
same='same() { [ "$("$digits" info --model "$1" | grep ^checksum)" = "$("$digits" info --model "$2" | grep ^checksum)" ]; }; digits=$1'

echo "-- weights of samples"
cat > "$work/weights.py" << 'PYTHON'
# The digits with a weight in front of each, in each format that has them.
import json
import numpy as np
rows = [line.split(",") for line in open("digits.csv").read().split()][:400]
weights = [(0.25 * (n % 7)) for n in range(len(rows))]
names = ["pixel%d" % i for i in range(64)] + ["digit"]
with open("weighted.csv", "w") as plain, open("weighted-header.csv", "w") as header, open("weighted.jsonl", "w") as lines:
    print(",".join([*names[:64], "w", "digit"]), file=header)
    for row, weight in zip(rows, weights):
        print(",".join([repr(weight), *row]), file=plain)
        print(",".join([*row[:64], "%g" % weight, row[64]]), file=header)
        print(json.dumps({"w": weight} | {name: float(x) for name, x in zip(names, row)}), file=lines)
array = np.array(rows, float)
np.savez("weighted.npz", X=array[:, :64], y=array[:, 64].astype(np.int64), w=np.array(weights))
np.savez("weighted-column.npz", X=array[:, :64], y=array[:, 64].astype(np.int64), w=np.array(weights, np.float32).reshape(-1, 1))
PYTHON
/usr/bin/python3 "$work/weights.py"
check "weights of each format, the same parameters" try "$same"'
    "$1" train weighted.csv --weights 1 --epochs 3 --quiet --save weighted.model
    for file in "weighted-header.csv --weights w" "weighted.csv --weights -66" "weighted.jsonl --weights w" "weighted.npz --weights w" \
        "weighted-column.npz --weights w"; do
        "$1" train $file --epochs 3 --quiet --save other.model
        same weighted.model other.model || { echo "$file"; exit 1; }
    done
    "$1" train weighted.csv --leave-out 1 --epochs 3 --quiet --save other.model
    ! same weighted.model other.model' "$digits"
check "what counts nothing is as if it were not there, where a batch is all of it" try "$same"'
    "$1" train weighted.csv --weights 1 --holdout 0 --batch-size 400 --epochs 3 --quiet --save weighted.model
    grep -v "^0.0," weighted.csv > counting.csv
    "$1" train counting.csv --weights 1 --holdout 0 --batch-size 400 --epochs 3 --quiet --save other.model
    paste -d" " <("$1" predict weighted.csv --leave-out 1 --model weighted.model --probabilities | tr , "\n") \
        <("$1" predict weighted.csv --leave-out 1 --model other.model --probabilities | tr , "\n") |
        awk "{ d = \$1 - \$2; if (d > 1e-4 || d < -1e-4) exit 1 } END { exit NR != 4000 }"' "$digits"
check "evaluate counts them, or not" try '
    "$1" evaluate weighted-header.csv --weights w --model weighted.model > said
    "$1" predict weighted-header.csv --leave-out w --model weighted.model > told
    tail -n +2 weighted-header.csv | cut -d, -f65,66 | paste -d, - told |
        awk -F, "{ all += \$1; if (\$2 == \$3) right += \$1 } END { printf \"accuracy       %.4f\\n\", right / all }" > wanted
    grep -x -f wanted said
    "$1" evaluate weighted-header.csv --leave-out w --model weighted.model > plain
    not cmp said plain
    "$1" evaluate weighted-header.csv --weights w --model weighted.model --json | python3 -c "
import json, sys
found = json.load(sys.stdin)
assert found[\"samples\"] == 400 and abs(sum(map(sum, found[\"confusion_matrix\"])) - 299.25) < 1e-9, found"' "$digits"
check "a file to judge by may be without them" try '
    "$1" train weighted-header.csv --weights w --validation dialect-header.csv --epochs 1 | grep "held out       300"
    "$1" train weighted-header.csv --weights w --validation weighted-header.csv --epochs 1 | grep "held out       400"' "$digits"
says 1 "weighted-header.csv has no column 'none'; it has 'pixel0'," train weighted-header.csv --weights none
says 1 "dialect-array.npy is an NPY file, which has no column of weights; wanted CSV, JSON lines, or an NPZ file with an array of them (--weights)." \
    train dialect-array.npy --weights 3
says 1 "weighted.npz holds 'X', 'y', 'w'; wanted 'v'. Say which (--weights)." train weighted.npz --weights v
says 1 "weighted-header.csv: column 65 'w' is of targets and of weights; wanted another (--weights)." train weighted-header.csv --weights w --target w
says 2 "--weights is '0'; wanted the name of a column, or its number from 1" train weighted.csv --weights 0
check "a weight that is none is named" try '
    sed "s/^0.5,/-0.5,/" weighted.csv > wrong.csv
    not "$1" train wrong.csv --weights 1 2> told
    grep -x ".*: wrong.csv, line 3: column 1, the weight, is .-0.5.; wanted a finite number, 0 or more. Correct it, or say the column of the weights (--weights)." told' "$digits"

echo "-- files larger than memory"
check "one block gives the bits of the training in memory" try "$same"'
    for options in "" "--scaling standard --class-weight balanced" "--optimizer adam --schedule cosine --warm-up 50 --label-smoothing 0.1" \
        "--scaling minmax --validation digits.csv --patience 2"; do
        holdout="--holdout 0"; [[ $options != *validation* ]] || holdout=
        "$1" train digits.csv --epochs 3 $holdout $options --quiet --save memory.model > memory
        "$1" train digits.csv --epochs 3 $options --block-size 1824 --quiet --save stream.model > stream
        same memory.model stream.model
        diff <(grep -v ^saved memory) <(grep -v ^saved stream)
        "$1" train digits.csv --epochs 3 $options --block-size 512 --quiet --save stream.model > stream
        ! same memory.model stream.model || { echo "$options"; exit 1; }
    done
    "$1" train digits.csv --epochs 3 --block-size 512 --quiet --save one.model > /dev/null
    "$1" train digits.csv.gz --epochs 3 --block-size 512 --quiet --threads 2 --save other.model > /dev/null
    same one.model other.model
    "$1" info --model one.model | grep "^block_size  *512$"
    "$1" train weighted.csv --weights 1 --epochs 3 --holdout 0 --quiet --save memory.model
    "$1" train weighted.csv --weights 1 --epochs 3 --block-size 416 --quiet --save stream.model
    same memory.model stream.model' "$digits"
check "what it has learned from is judged as it is in memory" try '
    "$1" train weighted.csv --weights 1 --epochs 3 --block-size 64 --quiet --save stream.model > said
    "$1" evaluate weighted.csv --weights 1 --model stream.model > told
    for figure in accuracy loss; do
        [ "$(sed -n "s/^train $figure  *//p" said)" = "$(sed -n "s/^$figure  *//p" told)" ]
    done' "$digits"
for _ in $(seq 250); do cat digits.csv; done > huge.csv
check "66 MB, 115 MB as floats, do not fit into 120 MB of addresses" ends 1 "the samples up to here take more memory than there is; read a file in blocks (train --block-size)" \
    bash -c "ulimit -v 120000; exec '$digits' train huge.csv --epochs 1 --quiet"
check "blocks of them do, and train" ends 0 "trained on     449250" \
    bash -c "ulimit -v 120000; exec '$digits' train huge.csv --epochs 1 --quiet --scaling standard --block-size 8192 --validation digits.csv"
check "a block that does not fit is told of" ends 1 "huge.csv: a block of 449250 samples takes more memory than there is; wanted a smaller one." \
    bash -c "ulimit -v 120000; exec '$digits' train huge.csv --epochs 1 --quiet --block-size 524288"
check "a signal ends it within a block, and it goes on to the same bits" try "$same"'
    set -m
    training=(train huge.csv --epochs 2 --block-size 65536 --optimizer adam --learning-rate 1e-3)
    "$1" "${training[@]}" --quiet --save whole.model > /dev/null
    rm -f stream.checkpoint
    "$1" "${training[@]}" --checkpoint stream.checkpoint --save part.model > said 2> told &
    for wait in $(seq 600); do ! grep -qs "^epoch 1/2" told || break; sleep 0.05; done
    kill -INT $!
    status=0; wait $! || status=$?
    cat said told
    [ $status -eq 130 ]
    python3 -c "
import json, struct
data = open(\"stream.checkpoint\", \"rb\").read()
state = json.loads(json.loads(data[8:8 + struct.unpack(\"<Q\", data[:8])[0]])[\"__metadata__\"][\"state\"])
print(state[\"epoch\"], state[\"batch\"])
assert state[\"options\"][\"block_size\"] == \"65536\" and state[\"epoch\"] == 1"
    "$1" "${training[@]}" --checkpoint stream.checkpoint --resume --quiet --save part.model > /dev/null
    same whole.model part.model
    not "$1" train huge.csv --epochs 2 --block-size 32768 --optimizer adam --learning-rate 1e-3 --checkpoint stream.checkpoint --resume 2> told
    grep "block_size was .65536. and is .32768." told' "$digits"
check "a file that changes meanwhile is an error that loses nothing" try '
    cp digits.csv changing.csv
    "$1" train changing.csv --epochs 100000000 --block-size 512 --save changed.model > said 2> told &
    for wait in $(seq 600); do ! grep -qs "^epoch" told || break; sleep 0.05; done
    head -1 digits.csv >> changing.csv
    status=0; wait $! || status=$?
    cat said told
    [ $status -eq 1 ]
    grep "changing.csv is not what it was when it was read first; wanted a file that nobody changes meanwhile" told
    grep "^saved" said
    "$1" evaluate digits.csv --model changed.model' "$digits"
check "a sample that overflows has its place" try '
    (head -999 digits.csv; head -1 digits.csv | sed "s/[0-9][0-9]*/3e38/g; s/3e38$/0/") > absurd.csv
    not "$1" train absurd.csv --scale 1 --block-size 512 2> told
    grep "Training stopped in epoch 1, at batch [0-9]* of 32: .*absurd.csv, line 1000, column [0-9]* is 3E+38, the largest input" told' "$digits"
check "a model goes on with a stream, and the help tells of it" try "$same"'
    "$1" train digits.csv --model one.model --epochs 1 --holdout 0 --quiet --save memory.model > /dev/null
    "$1" train digits.csv --model one.model --epochs 1 --block-size 2048 --quiet --save stream.model > /dev/null
    same memory.model stream.model
    for text in "train --help" man "completion bash" "completion zsh" "completion fish"; do
        for option in block weights; do "$1" $text | grep -c "$option" > /dev/null || { echo "$text $option"; exit 1; }; done
    done' "$digits"
says 2 "--block-size is 500, and --batch-size 32; wanted a block of a multiple of the batch, such as 480 or 512." train digits.csv --block-size 500
says 2 "--block-size is 16, and --batch-size 32; wanted a block of a multiple of the batch, such as 32." train digits.csv --block-size 16
says 2 "--block-size is '0'; wanted a whole number from 1 to 2147483647" train digits.csv --block-size 0
says 2 "--block-size is 2147483647; wanted at most 33554431 samples of 64 inputs." train digits.csv --block-size 2147483647
says 2 "--holdout is given beside --block-size, which holds one block in memory; wanted --validation." train digits.csv --block-size 512 --holdout 0.1
says 2 "--patience needs samples to judge by, and of --block-size none are held out; wanted --validation." train digits.csv --block-size 512 --patience 3
says 2 "DATA is -, and --block-size reads it again for each epoch; wanted a file." train - --block-size 512
check "nor is a pipe read twice" ends 1 "can be read once only, as a pipe can; wanted a file, which each epoch reads again." \
    bash -c "exec '$digits' train <(cat digits.csv) --block-size 512"
rm -f huge.csv
