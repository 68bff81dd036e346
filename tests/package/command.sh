# Part of run.sh: what the command does where something goes wrong: logs, signals, files, limits, terminals.
echo "== The command where something goes wrong"

cat > "$work/odd.py" << 'PYTHON'
import gzip, sys
data = open("digits.csv", "rb").read()
lines = data.splitlines(keepends=True)
half = len(lines) // 2
z = gzip.compress(data)
open("members.csv", "wb").write(gzip.compress(b"".join(lines[:half])) + gzip.compress(b"".join(lines[half:])))
open("cut.csv.gz", "wb").write(z[:len(z) // 2])
open("cut8.csv.gz", "wb").write(z[:-8])
open("cut1.csv.gz", "wb").write(z[:-1])
open("more.csv.gz", "wb").write(z + b"more")
members = open("members.csv", "rb").read()
open("cut-member.csv.gz", "wb").write(members[:-1])
begin = members.index(b"\x1f\x8b\x08", 3)
open("cut-magic.csv.gz", "wb").write(members[:begin + 1])
for name, at in (("sum", -6), ("length", -2), ("middle", len(z) // 2)):
    bad = bytearray(z)
    bad[at] ^= 0x55
    open("bad-%s.csv.gz" % name, "wb").write(bad)
PYTHON
python3 "$work/odd.py"

echo "-- compressed files"
says 0 "samples        1797" evaluate members.csv --model model.safetensors
check "gzip is known by its first bytes, from the standard input too" try '
    "$1" evaluate - --model model.safetensors < digits.csv.gz | grep "samples        1797"' "$digits"
cp digits.csv plain.csv.gz
says 0 "samples        1797" evaluate plain.csv.gz --model model.safetensors
for file in cut cut8 cut1 cut-member; do
    says 1 "its compressed data is cut off" evaluate $file.csv.gz --model model.safetensors
done
says 1 "something that is not compressed follows" evaluate more.csv.gz --model model.safetensors
says 1 "cut-magic.csv.gz: its compressed data is cut off" evaluate cut-magic.csv.gz --model model.safetensors
for file in bad-sum bad-length bad-middle; do
    says 1 "$file.csv.gz" evaluate $file.csv.gz --model model.safetensors
done

echo "-- causes by their names"
reads 1 "column 1 is '1?'; wanted a finite number. It holds NUL characters" '1\0'"${row#0},0\n"
reads 0 "CSV, UTF-8, semicolon, without header" "${row//,/;};0\n"
reads 0 "CSV, UTF-8, tab, without header" "${row//,/\\t}\t0\n"
reads 0 "CSV, UTF-8, space, without header" "${row//,/ } 0\n"
reads 0 "trained on     1" '"0"'"${row#0},0\n"
reads 1 "column 65 names 1 class: 'cat' (1); wanted 10, as the network has" "$row,cat\n"
reads 0 "CSV, UTF-8, comma, with a header" "$(seq -s, -f 'pixel%g' 1 64),class\n$row,0\n"
reads 0 "trained on     1" "\n$(seq -s, -f 'pixel%g' 1 64),class\n$row,0\n"
reads 1 "It holds a character that can't be seen, shown as ?" '\xe2\x80\x8b'"$row,0\n"
reads 0 "a delimiter at the end of each line" "$row,0,\n"
reads 0 "trained on     2" "$row,0\r$row,0\r"
reads 1 "line 2: a quotation mark is opened and never closed; wanted one on each side of a value" "$row,0\n\"$row,0\n"
reads 1 "line 1: column 3 is 'x'; wanted a finite number. Correct it, or leave the column out (--leave-out)" "0,0,x,$(cut -d, -f4-64 <<< "$row"),0\n"

echo "-- the log and the results"
for stream in '> /dev/full' '>&-' '2> /dev/full' '2>&-'; do
    check "train --save $stream: saved, and 1" try '
        rm -f told.safetensors
        status=0
        bash -c "exec \"$1\" train digits.csv --epochs 2 --save told.safetensors $2" > /dev/null 2> told || status=$?
        [ $status -eq 1 ] && "$1" evaluate digits.csv --model told.safetensors' "$digits" "$stream"
done
check "results on a full disk are an error" try 'status=0; "$1" predict inputs.csv --model model.safetensors > /dev/full 2> told || status=$?
    [ $status -eq 1 ] && grep "standard output: No space left" told' "$digits"
cat > "$work/unread.py" << 'PYTHON'
# A standard error that nobody reads, a full pipe.
import os, subprocess, sys
reader, writer = os.pipe()
os.set_blocking(writer, False)
for size in (65536, 1):
    try:
        while os.write(writer, b"x" * size):
            pass
    except BlockingIOError:
        pass
os.set_blocking(writer, sys.argv[1] == "waits")
sys.exit(subprocess.run(sys.argv[2:], stderr=writer, timeout=60).returncode)
PYTHON
for how in waits refuses; do
    check "a log that nobody reads and that $how stops no training" try '
        rm -f unread.safetensors
        python3 unread.py $2 "$1" train digits.csv --epochs 3 --save unread.safetensors
        "$1" evaluate digits.csv --model unread.safetensors' "$digits" $how
    check "an error that nobody reads, where the log $how, is still 1" try '
        status=0; python3 unread.py $2 "$1" train none.csv || status=$?; [ $status -eq 1 ]' "$digits" $how
done
check "a usage error with nobody to tell is still 2" try 'status=0; "$1" trian 2> /dev/full || status=$?; [ $status -eq 2 ]' "$digits"
check "a closed stream is not given to a file" try '
    "$1" train digits.csv --epochs 1 --save closed.safetensors >&- 2>&- || true
    "$1" info --model closed.safetensors' "$digits"
check "--quiet shows no progress" try '[ -z "$("$1" train digits.csv --quiet 2>&1 > /dev/null)" ]' "$digits"
check "while a large file is read something is shown" try '
    { cat digits.csv; sleep 2; cat digits.csv; } | "$1" train - --epochs 1 2>&1 > /dev/null | grep "^reading standard input: [0-9.]* MB$"' "$digits"

echo "-- dialects"
cat > "$work/dialects.py" << 'PYTHON'
# One table in many dialects: 300 digits, with the header that the model keeps where there is one.
import gzip, json
import numpy as np
rows = [line.split(",") for line in open("digits.csv").read().split()][:300]
names = ["pixel%d" % i for i in range(64)] + ["digit"]
as_text = lambda delimiter, end="\n", of=lambda x: x: "".join(delimiter.join(map(of, row)) + end for row in rows)
put = lambda name, content: open("dialect-" + name, "wb").write(content if isinstance(content, bytes) else content.encode())
put("plain.csv", as_text(","))
put("semicolon.csv", "sep=;\n" + as_text(";"))
put("tab.csv", as_text("\t", "\r\n"))
put("spaces.csv", as_text("   "))
put("bar.csv", as_text("|", "\r"))
put("quoted.csv", as_text(",", of=lambda x: '"%s"' % x))
put("exponents.csv", as_text(",", of=lambda x: "%.3e" % float(x)))
put("blank.csv", "\n \n" + as_text(",", "\n\n"))
put("trailing.csv", as_text(",", ",\n"))
put("utf16.csv", ("\ufeff" + as_text(",")).encode("utf-16-le"))
put("mark.csv", b"\xef\xbb\xbf" + as_text(",").encode())
put("gzip.csv", gzip.compress(as_text(",").encode()))
put("decimal-comma.csv", as_text(";", of=lambda x: x + ",0"))
put("comment.csv", "# digits\n" + as_text(","))
put("index.csv", "".join("%d,%s\n" % (i, ",".join(row)) for i, row in enumerate(rows)))
put("first.csv", "".join(",".join([row[64], *row[:64]]) + "\n" for row in rows))
put("header.csv", ",".join(names) + "\n" + as_text(","))
put("turned.csv", ",".join([names[64], *names[63::-1]]) + "\n" + "".join(",".join([row[64], *row[63::-1]]) + "\n" for row in rows))
put("lines.jsonl", "".join(json.dumps([float(x) for x in row[:64]] + [int(row[64])]) + "\n" for row in rows))
array = np.array(rows, float)
np.save("dialect-array.npy", array)
np.savez_compressed("dialect-arrays.npz", X=array[:, :64].astype(np.uint8), y=array[:, 64].astype(np.int64))
def idx(values):
    return bytes([0, 0, 8, values.ndim]) + b"".join(n.to_bytes(4, "big") for n in values.shape) + values.tobytes()
put("images.idx", gzip.compress(idx(array[:, :64].astype(np.uint8).reshape(-1, 8, 8))))
put("labels.idx", idx(array[:, 64].astype(np.uint8)))
PYTHON
/usr/bin/python3 "$work/dialects.py"
# trained FILE OPTION ...: the checksum of what is learned of it.
"$digits" train dialect-plain.csv --epochs 3 --quiet --scaling standard --save dialect.safetensors > /dev/null
wanted=$("$digits" info --model dialect.safetensors | grep "^checksum")
for file in plain.csv semicolon.csv tab.csv spaces.csv bar.csv quoted.csv exponents.csv blank.csv trailing.csv utf16.csv mark.csv gzip.csv header.csv \
    "decimal-comma.csv --decimal-comma" "comment.csv --comment #" "index.csv --leave-out 1" "first.csv --target 1" lines.jsonl array.npy arrays.npz \
    "images.idx --target-file dialect-labels.idx"; do
    check "$file: the same parameters" try '
        "$1" train $2 --epochs 3 --quiet --scaling standard --save other.safetensors
        "$1" info --model other.safetensors | grep -x "$3"' "$digits" "dialect-$file" "$wanted"
done
check "from the standard input too" try '
    "$1" train - --epochs 3 --quiet --scaling standard --save other.safetensors < dialect-semicolon.csv
    "$1" info --model other.safetensors | grep -x "$2"' "$digits" "$wanted"
check "columns are found by their names, in any order" try '
    "$1" train dialect-header.csv --epochs 3 --quiet --scaling standard --save named.safetensors
    "$1" info --model named.safetensors | grep "^target  *\[\"digit\"\]"
    "$1" evaluate dialect-header.csv --model named.safetensors > said
    "$1" evaluate dialect-turned.csv --model named.safetensors | cmp - said
    "$1" evaluate dialect-plain.csv --model named.safetensors | cmp - said
    "$1" predict dialect-turned.csv --model named.safetensors > said
    "$1" predict dialect-plain.csv --model named.safetensors | cmp - said
    not "$1" evaluate dialect-renamed.csv --model named.safetensors 2> told
    sed "1s/pixel7,/pixel_7,/" dialect-header.csv > dialect-renamed.csv
    not "$1" evaluate dialect-renamed.csv --model named.safetensors 2> told
    grep "has no column .pixel7., from which the model learned" told' "$digits"
says 1 "dialect-index.csv, line 1 has 66 columns; wanted 65: 64 inputs and the class. Column 1 seems to number the rows; leave it out (--leave-out 1)" train dialect-index.csv
says 2 "--header is given beside --no-header; wanted one of them" train digits.csv --header --no-header
says 2 "--delimiter is 'comma and space'; wanted an ASCII character" train digits.csv --delimiter "comma and space"
says 2 "--target is '0'; wanted the name of a column, or its number from 1" train digits.csv --target 0
says 1 "digits.csv has no names of columns, so no column 'digit'; say its number, or that there is a header (--header or --no-header)" train digits.csv --target digit

tests /usr/bin/python3 "$here/scaling.py" "$digits" digits.csv

echo "-- what a training may be asked for"
says 0 "best epoch" train digits.csv --epochs 200 --optimizer adam --learning-rate 0.01 --patience 3 --save early.safetensors --history early.csv
check "early stopping ends it, and its best epoch is kept" try '
    "$1" train digits.csv --epochs 200 --optimizer adam --learning-rate 0.01 --patience 3 --quiet > said
    grep "ended          no improvement" said
    best=$(sed -n "s/^best epoch  *//p" said)
    [ $(($(wc -l < early.csv) - 1)) = $((best + 3)) ]
    head -1 early.csv | grep -x "epoch,learning_rate,loss,validation_loss,validation_accuracy"
    "$1" train digits.csv --epochs $best --optimizer adam --learning-rate 0.01 --quiet --save best.safetensors
    [ "$("$1" info --model best.safetensors | grep ^checksum)" = "$("$1" info --model early.safetensors | grep ^checksum)" ]' "$digits"
check "schedules and a warm-up" try '
    "$1" train digits.csv --epochs 5 --schedule step --step-every 2 --step-gamma 0.5 --quiet --history history.csv > /dev/null
    [ "$(cut -d, -f2 history.csv | tr "\n" " ")" = "learning_rate 0.1 0.1 0.05 0.05 0.025 " ]
    "$1" train digits.csv --epochs 3 --schedule cosine --cosine-minimum 0.02 --cosine-epochs 2 --quiet --history history.csv > /dev/null
    [ "$(cut -d, -f2 history.csv | tr "\n" " ")" = "learning_rate 0.1 0.060000002 0.02 " ]
    "$1" train digits.csv --epochs 3 --schedule plateau --plateau-patience 0 --plateau-threshold 0.99 --quiet --history history.csv > /dev/null
    cat history.csv
    [ "$(cut -d, -f2 history.csv | tail -1)" != 0.1 ]
    "$1" train digits.csv --epochs 1 --warm-up 90 --quiet --history history.csv > /dev/null
    [ "$(cut -d, -f2 history.csv | tr "\n" " ")" = "learning_rate 0.05 " ]' "$digits"
check "weights of classes, and smoothed labels" try '
    for option in "" "--class-weight balanced" "--class-weight 1,1,1,1,1,1,1,1,1,3" "--label-smoothing 0.1"; do
        "$1" train digits.csv --epochs 2 --quiet $option --save other.safetensors > /dev/null
        "$1" info --model other.safetensors | grep ^checksum
    done | sort | uniq -d | wc -l | grep -x 0' "$digits"
check "a limit of time ends it, and what has been learned is kept" try '
    "$1" train digits.csv --epochs 100000000 --time-limit 0.5 --quiet --save other.safetensors | grep "ended          time limit"
    "$1" evaluate digits.csv --model other.safetensors' "$digits"
check "one that ends before its first step saves nothing" try '
    cp model.safetensors kept.safetensors
    status=0; "$1" train digits.csv --time-limit 1e-7 --quiet --save kept.safetensors 2> told || status=$?
    [ $status -eq 1 ] && cmp kept.safetensors model.safetensors && grep "ended before its first step; nothing is saved" told' "$digits"
check "samples to judge by in a file of their own" try '
    head -1500 digits.csv > learned.csv && tail -297 digits.csv > judged.csv
    "$1" train learned.csv --validation judged.csv --scaling minmax --quiet --save other.safetensors > said
    grep "trained on     1500" said && grep "held out       297" said
    [ "$(grep ^accuracy said)" = "$("$1" evaluate judged.csv --model other.safetensors | grep ^accuracy)" ]' "$digits"
check "missing values" try '
    sed "3s/^[^,]*,[^,]*/NA,/" digits.csv > missing.csv
    not "$1" train missing.csv --quiet 2> told
    grep "missing.csv, line 3: column 1 is .NA.; wanted a finite number. It is missing; say what takes its place (--missing)" told
    "$1" train missing.csv --epochs 1 --missing mean --quiet --save other.safetensors
    "$1" info --model other.safetensors | grep "^missing  *\[0,0\.3"
    "$1" predict missing.csv --model other.safetensors | wc -l | grep -x 1797' "$digits"
says 2 "--patience needs samples to judge by, and --holdout is 0" train digits.csv --patience 3 --holdout 0
says 2 "--min-delta is given without --patience; wanted both" train digits.csv --min-delta 1
says 2 "--resume is given without --checkpoint; wanted both" train digits.csv --resume
says 2 "--step-every is '3', which --schedule cosine does not use; wanted --schedule step" train digits.csv --schedule cosine --step-every 3
says 2 "--validation is given beside --holdout; wanted one of them" train digits.csv --validation digits.csv --holdout 0.1
says 2 "--scaling is 'z'; wanted standard or minmax" train digits.csv --scaling z
says 2 "--scale is given beside --scaling; wanted one of them" train digits.csv --scale 4 --scaling minmax
says 2 "--scaling is 'minmax', and the model keeps how its inputs were prepared" train digits.csv --model model.safetensors --scaling minmax
says 2 "--class-weight is '1,2'; wanted balanced, or 10 finite numbers" train digits.csv --class-weight 1,2
says 2 "--checkpoint is 'same', which is the file of --save; wanted another" train digits.csv --save same --checkpoint same
says 2 "--history is 'digits.csv', which is the file of the samples; wanted another" train digits.csv --history digits.csv

echo "-- checkpoints"
check "a training that was ended goes on to the same bits" try '
    training=(train digits.csv --optimizer adam --schedule cosine --cosine-epochs 60 --patience 50 --quiet)
    "$1" "${training[@]}" --epochs 60 --save whole.safetensors > /dev/null
    rm -f part.checkpoint
    "$1" "${training[@]}" --epochs 25 --checkpoint part.checkpoint > /dev/null
    "$1" "${training[@]}" --epochs 60 --checkpoint part.checkpoint --resume --save part.safetensors > /dev/null
    for file in whole part; do "$1" info --model $file.safetensors | grep ^checksum; done | uniq | wc -l | grep -x 1' "$digits"
check "another training's is refused with both" try '
    not "$1" train digits.csv --optimizer sgd --schedule cosine --cosine-epochs 60 --patience 50 --checkpoint part.checkpoint --resume 2> told
    grep "It is of another training: .*optimizer was .adam. and is .sgd." told
    not "$1" train digits.csv --optimizer adam --schedule cosine --cosine-epochs 60 --patience 50 --scale 8 --checkpoint part.checkpoint --resume 2> told
    grep "scaling was .*16.* and is .*8" told' "$digits"
check "a signal ends it within a batch, and it goes on to the same bits" try '
    set -m
    awk "{ line[NR] = \$0 } END { for (i = 0; i < 200000; i++) print line[i % NR + 1] }" digits.csv > long.csv
    training=(train long.csv --epochs 30 --batch-size 4 --threads 1)
    "$1" "${training[@]}" --quiet --save whole.safetensors > /dev/null
    rm -f part.checkpoint
    "$1" "${training[@]}" --checkpoint part.checkpoint --save part.safetensors > said 2> told &
    for wait in $(seq 600); do ! grep -qs "^long.csv: " told || break; sleep 0.05; done
    sleep 0.3
    kill -INT $!
    status=0; wait $! || status=$?
    cat said told
    [ $status -eq 130 ]
    grep "ended          signal" said
    grep "^epochs  *[0-9]*$" said | grep -v " 30$"
    "$1" "${training[@]}" --quiet --checkpoint part.checkpoint --resume --save part.safetensors > /dev/null
    for file in whole part; do "$1" info --model $file.safetensors | grep ^checksum; done | uniq | wc -l | grep -x 1' "$digits"

echo "-- JSON, completion, manual page"
check "figures, predictions and facts in JSON" try '
    "$1" evaluate digits.csv --model model.safetensors --json | python3 -c "
import json, sys
found = json.load(sys.stdin)
matrix = found[\"confusion_matrix\"]
assert found[\"samples\"] == sum(map(sum, matrix)) == 1797
assert abs(found[\"accuracy\"] - sum(matrix[i][i] for i in range(10)) / 1797) < 1e-12
assert len(found[\"f1\"]) == 10 and found[\"auc\"] > 0.9 and found[\"loss\"] > 0"
    "$1" predict digits.csv --model model.safetensors > said
    "$1" predict digits.csv --model model.safetensors --json --probabilities | python3 -c "
import json, sys
found = [json.loads(line) for line in sys.stdin]
assert [one[\"class\"] for one in found] == [int(line) for line in open(\"said\")]
assert all(abs(sum(one[\"probabilities\"]) - 1) < 1e-5 for one in found)"
    "$1" info --model named.safetensors --json | python3 -c "
import json, sys
found = json.load(sys.stdin)
assert found[\"columns\"][63] == \"pixel63\" and found[\"scaling\"][\"kind\"] == \"standard\""
    "$1" info --json | python3 -m json.tool' "$digits"
check "--output is written as a whole" try '
    "$1" predict digits.csv --model model.safetensors --output out.txt
    "$1" predict digits.csv --model model.safetensors | cmp - out.txt
    (cat inputs.csv; echo 1,2) > broken.csv
    not "$1" predict broken.csv --model model.safetensors --output out.txt 2> told
    grep "broken.csv, line 1798 has 2 values" told
    "$1" predict digits.csv --model model.safetensors | cmp - out.txt' "$digits"
cat > "$work/lines.py" << 'PYTHON'
# Each line is answered before the next is written.
import subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
rows = open("inputs.csv").readlines()[:20]
said = open("out.txt").read().split()
for row, wanted in zip(rows, said):
    process.stdin.write(row)
    process.stdin.flush()
    assert process.stdout.readline().strip() == wanted
process.stdin.close()
sys.exit(process.wait())
PYTHON
check "predict answers the standard input line by line" timeout 60 python3 "$work/lines.py" "$digits" predict - --model model.safetensors --quiet
check "names of classes are told" try '
    awk -F, -v OFS=, "{ \$65 = \"d\" \$65; print }" digits.csv > words.csv
    "$1" train words.csv --epochs 5 --quiet --save words.safetensors
    "$1" predict digits.csv --model words.safetensors | sort -u | head -2 | tr "\n" " " | grep -x "d0 d1 "
    "$1" evaluate words.csv --model words.safetensors | grep "^d9 "' "$digits"
check "completion loads in bash, and completes" try '
    "$1" completion bash > completion.bash
    . ./completion.bash
    complete -p digits | grep "^complete -F _digits"
    compopt() { :; }
    COMP_WORDS=(digits tr) COMP_CWORD=1; _digits; [ "${COMPREPLY[*]}" = train ]
    COMP_WORDS=(digits train --optimizer ad) COMP_CWORD=3; _digits; [ "${COMPREPLY[*]}" = "adam adamw" ]
    COMP_WORDS=(digits evaluate --js) COMP_CWORD=2; _digits; [ "${COMPREPLY[*]}" = --json ]
    COMP_WORDS=(digits evaluate digits.cs) COMP_CWORD=2; _digits; [[ " ${COMPREPLY[*]} " == *" digits.csv "* ]]' "$digits"
check "completion loads in zsh, sourced and from a folder of functions, and completes" try '
    mkdir -p functions
    "$1" completion zsh | tee completion.zsh > functions/_digits
    printf "%s\n" "digits train " "digits train --label-smoothing " "digits train --optimizer nesterov " \
        "digits completion fish " "digits evaluate inputs.csv " > wanted
    for load in "compinit -D; . ./completion.zsh" "fpath=(\$PWD/functions \$fpath); compinit -D"; do
        timeout 100 python3 "$2/zsh_completion.py" "$load" "digits tra" "digits train --label-s" \
            "digits train --optimizer ne" "digits completion fi" "digits evaluate inputs.c" | diff wanted -
    done' "$digits" "$here"
check "completion loads in fish, and completes" try '
    "$1" completion fish > completion.fish
    completed() { fish --no-config -c "source completion.fish; complete -C \"$1\"" | cut -f 1 | tr "\n" " "; }
    [ "$(completed "digits tra")" = "train " ]
    [ "$(completed "digits train --label-s")" = "--label-smoothing " ]
    [ "$(completed "digits train --optimizer ad")" = "adam adamw " ]
    [ "$(completed "digits completion ")" = "bash fish zsh " ]
    [[ " $(completed "digits evaluate digits.c") " == *" digits.csv "* ]]' "$digits"
says 2 "SHELL is 'tcsh'; wanted bash, zsh or fish" completion tcsh
check "the manual page renders" try '
    "$1" man > digits.1
    MANWIDTH=100 man -l digits.1 > page 2> told
    cat told; test ! -s told
    grep -- "--label-smoothing" page
    grep "EXIT STATUS" page
    grep "digits train samples.csv --save model.safetensors" page' "$digits"

echo "-- what is kept"
says 0 'scaling        {"kind":"factor","factor":16}' info --model model.safetensors
says 2 "--scale is 8, and the model was trained with 16; wanted the same, or none" evaluate digits.csv --model model.safetensors --scale 8
says 0 "accuracy       0.97" evaluate digits.csv --model model.safetensors --scale 16
check "a model's scale is applied" try '
    "$1" train digits.csv --scale 4 --save four.safetensors --quiet > four
    [ "$("$1" evaluate digits.csv --model four.safetensors)" = "$("$1" evaluate digits.csv --model four.safetensors --scale 4)" ]
    "$1" train digits.csv --model four.safetensors --save five.safetensors --epochs 1 --quiet
    "$1" info --model five.safetensors | grep "\"factor\":4}"' "$digits"
says 0 "train accuracy 0." train digits.csv --epochs 1 --holdout 0 --save none-held.safetensors
says 0 "train_accuracy 0." info --model none-held.safetensors
check "what is held out is drawn by the seed, of each class alike" try '
    awk -F, -v OFS=, "{ \$65 = NR % 10; print }" digits.csv > cycle.csv
    for seed in 1 2; do "$1" train cycle.csv --epochs 1 --quiet --seed $seed > cycle.$seed; done
    grep "held out       359" cycle.1 && ! cmp cycle.1 cycle.2' "$digits"
says 2 "--save is './digits.csv', which is the file of the samples" train digits.csv --save ./digits.csv
check "nor is a file that the results or the log go to" try '
    status=0; "$1" train digits.csv --epochs 1 --save mixed > mixed 2> told || status=$?
    [ $status -eq 2 ]
    grep "is the file of the results" told
    not test -s mixed
    status=0; "$1" train digits.csv --epochs 1 --save ./mixed 2> mixed || status=$?
    [ $status -eq 2 ] && grep "is the file of the log" mixed' "$digits"
says 2 "--save is '-'; wanted a file, and ./- for one that is called -" train digits.csv --save -
check "names are bytes" try '
    name=$(printf "caf\351")
    cp digits.csv "$name.csv" && cp digits.csv ./-
    "$1" train "$name.csv" --epochs 1 --save "$name.model" --quiet
    test -s "$name.model"
    "$1" info --model "$name.model"
    "$1" evaluate ./- --model "$name.model"' "$digits"
check "a lock and a link do not matter" try '
    mkdir -p deep/er/real && ln -sfn er/real deep/link && head -100 digits.csv > deep/er/d.csv
    flock digits.csv "$1" train digits.csv --epochs 1 --quiet
    "$1" train deep/link/../d.csv --epochs 1 --holdout 0 --quiet | grep "trained on     100"' "$digits"
check "probabilities that are not finite are an error that names the row" try '
    (head -2 inputs.csv; head -1 inputs.csv | sed "s/[0-9][0-9]*/3e38/g") > huge.csv
    "$1" train digits.csv --scale 1e-3 --epochs 1 --learning-rate 0 --save wild.safetensors --quiet
    for how in "" --probabilities; do
        status=0
        "$1" predict huge.csv --model wild.safetensors $how > said 2> told || status=$?
        cat told
        [ $status -eq 1 ]
        not grep -i nan said
    done
    "$1" train digits.csv --scale 1 --epochs 1 --learning-rate 0 --save wild.safetensors --quiet
    not "$1" predict huge.csv --model wild.safetensors > said 2> told
    grep "huge.csv, line 3: output" told' "$digits"
check "the results before such a row are whole" try '
    (for n in $(seq 30); do cat inputs.csv; done; tail -1 huge.csv) > late.csv
    not "$1" predict late.csv --model wild.safetensors --probabilities > said
    awk -F, "NF != 10 { exit 1 } END { exit NR != 53910 }" said' "$digits"
check "a training that diverges keeps what its epochs have learned" try '
    status=0
    "$1" train digits.csv --weight-decay 20.5 --epochs 50 --save far.safetensors > said 2> told || status=$?
    cat said told
    [ $status -eq 1 ]
    grep "Training stopped in epoch 6, at batch [0-9]* of 45: .* digits.csv, line [0-9]*, column [0-9]*, scaled, is 1, the largest input" told
    grep "^epochs         5$" said
    grep "^saved" said
    not grep "^accuracy" said
    "$1" info --model far.safetensors > said && grep "^epochs  *5$" said && ! grep accuracy said' "$digits"
check "one whose held-out samples cannot be judged is kept" try '
    (head -499 digits.csv; head -1 digits.csv | sed "s/[0-9][0-9]*/3e38/g; s/3e38$/0/") > absurd.csv
    status=0
    "$1" train absurd.csv --scale 1 --seed 2 --learning-rate 0 --epochs 2 --save absurd.safetensors > said 2> told || status=$?
    cat said told
    [ $status -eq 1 ]
    grep "Training stopped in epoch 1, on the validation data: .*absurd.csv, line 500, column [0-9]*, scaled, is 3E+38" told
    "$1" info --model absurd.safetensors' "$digits"

echo "-- a save that fails"
gcc -std=gnu11 -O1 -shared -fPIC "$root/tests/files/faults.c" -o "$work/faults.so"
for call in open write fsync close rename folder; do
    check "$call fails: an error, and a whole file" try '
        mkdir -p failing
        "$1" train digits.csv --epochs 1 --quiet --seed 5 --save failing/model.safetensors
        status=0
        LD_PRELOAD=$3 FAULT=$2 FAULT_HOW=5 "$1" train digits.csv --epochs 1 --quiet --seed 6 --save failing/model.safetensors > told 2>&1 || status=$?
        cat told
        [ $status -eq 1 ] && ! grep "^saved" told && [ "$(ls -A failing)" = model.safetensors ]
        "$1" evaluate digits.csv --model failing/model.safetensors
        wanted=5; [ $2 != folder ] || wanted=6
        "$1" info --model failing/model.safetensors | grep "^seed  *$wanted$"' "$digits" $call "$work/faults.so"
done
if [ "$(id -u)" -eq 0 ]; then
    check "what a kill left of a save over a file that may not be read is removed" try '
        mkdir -p written && cd written && chown 65534 .
        as_another() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@" train - --epochs 1 --quiet --save model < ../digits.csv; }
        as_another /proc/self/fd/9 && chmod 200 model
        not as_another env LD_PRELOAD=/proc/self/fd/8 FAULT=fsync FAULT_HOW=kill /proc/self/fd/9
        [ "$(ls -A | wc -l)" = 2 ]
        as_another /proc/self/fd/9 && [ "$(ls -A)" = model ]' 8< "$work/faults.so" 9< "$digits"
fi

echo "-- signals"
# signalled STATUS SIGNAL ...: a training that gets these, at intervals, once it trains. With job control (set -m) a
# program in the background does not ignore Ctrl-C.
signalled() {
    check "${*:2}: $1, and what has been learned is kept" try '
        set -m
        rm -f stopped.safetensors progress
        "$1" train digits.csv --epochs 100000000 --save stopped.safetensors 2> progress &
        for wait in $(seq 600); do ! grep -qs "^epoch" progress || break; sleep 0.1; done
        for signal in "${@:3}"; do kill -$signal $! || true; sleep 0.01; done
        timeout 30 tail --pid=$! -f /dev/null || kill -KILL $!
        status=0
        wait $! || status=$?
        [ $status -eq $2 ] && "$1" evaluate digits.csv --model stopped.safetensors' "$digits" "$@"
}
signalled 130 INT
signalled 143 TERM
signalled 129 HUP
signalled 129 HUP HUP TERM
signalled 152 XCPU
check "the limit of processor time: 152, and what has been learned is kept" try '
    rm -f stopped.safetensors
    status=0
    (ulimit -S -t 1; exec "$1" train digits.csv --epochs 100000000 --quiet --save stopped.safetensors) || status=$?
    [ $status -eq 152 ] && "$1" evaluate digits.csv --model stopped.safetensors' "$digits"
check "one that it was started to ignore stays ignored" try '
    rm -f ignored.safetensors progress
    (trap "" HUP INT; exec "$1" train digits.csv --epochs 100000000 --save ignored.safetensors 2> progress) &
    for wait in $(seq 600); do ! grep -qs "^epoch" progress || break; sleep 0.1; done
    kill -HUP $!; kill -INT $!; sleep 1
    kill -0 $! && kill -TERM $!
    status=0
    wait $! || status=$?
    [ $status -eq 143 ] && test -s ignored.safetensors' "$digits"

echo "-- limits, arguments, terminals"
# limited STATUS TEXT LIMIT ...: under a limit of the shell.
limited() {
    check "ulimit ${*:3}: $1, '$2'" ends "$1" "$2" bash -c "exec 2>&1; ulimit ${*:3}; exec '$digits' train digits.csv --epochs 1 --quiet --save limited.safetensors"
}
limited 1 "The limit of the stack (ulimit -s) is too low" -s 32
limited 1 "The limit of memory (ulimit -v) is too low" -v 60000
limited 1 "The limit of data (ulimit -d) is too low" -d 10000
limited 1 "The limit of open files (ulimit -n) is too low" -n 6
limited 1 "Too many open files" -n 8
limited 1 "limited.safetensors" -f 4
check "threads that can't be started: 1, and which" ends 1 "of 1024 can't be started; wanted fewer threads" \
    bash -c "ulimit -v 100000; exec '$digits' train digits.csv --epochs 1 --quiet --threads 1024"
check "samples that take more memory than there is: 1, and the line" ends 1 "standard input, line " bash -c "ulimit -v 120000
    for n in \$(seq 150); do cat digits.csv; done | '$digits' train - --epochs 1 --quiet"
limited 0 "accuracy" -s 64
limited 0 "accuracy" -v 100000
check "a limit of memory that is enough is enough every time" try '
    ulimit -v 150000
    for _ in $(seq 20); do "$1" train digits.csv --epochs 1 --quiet > /dev/null; done' "$digits"
limited 0 "accuracy" -n 12
if [ "$(id -u)" -eq 0 ]; then
    check "no thread for signals" ends 1 "No thread can be started that waits for signals" setpriv --reuid=64998 --regid=65534 --clear-groups \
        bash -c "ulimit -u 2; exec /proc/self/fd/9 train - --epochs 1" 9< "$digits" < digits.csv
    check "no thread at all" ends 1 "No thread can be started" setpriv --reuid=64999 --regid=65534 --clear-groups bash -c "ulimit -u 1; exec /proc/self/fd/9 info" 9< "$digits"
fi
says 2 "Unrecognized command or argument '[suggest]'" '[suggest]' '[suggest]'
says 2 "Unrecognized command or argument '[diagram]'" '[diagram]' train digits.csv
says 2 "Required argument missing" train --save
says 0 "Exit codes: 0 done; 1 failed" --help
check "it runs under any name, of which a terminal obeys nothing" try '
    for name in "$(printf "x\033[31mred")" "" "folder/" ".hidden" "  "; do
        status=0
        (exec -a "$name" "$1" trian) 2> told || status=$?
        cat -v told
        [ $status -eq 2 ]
        grep "^[ -~][ -~]*: Unrecognized command or argument .trian.\.$" told
        (ulimit -n 6; exec -a "$name" "$1" info) > told 2>&1 || cat -v told
        grep "^[ -~][ -~]*: The limit of open files" told
    done' "$digits"
check "what the environment tells .NET does not matter" try '
    for setting in GCHeapHardLimit=1000 GCRegionSize=1 GCLargePages=1; do env DOTNET_$setting "$1" info | grep "^sizes"; done' "$digits"
cat > "$work/terminal.py" << 'PYTHON'
# A terminal of so many columns: no line is longer, and its settings are afterwards what they were.
import fcntl, os, pty, struct, subprocess, sys, termios
columns = int(sys.argv[1])
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
before = termios.tcgetattr(slave)
environment = dict(os.environ, TERM="xterm", LC_ALL="C.UTF-8")
process = subprocess.Popen(sys.argv[2:], stdin=slave, stdout=slave, stderr=slave, env=environment)
process.wait()
assert termios.tcgetattr(slave) == before, "the terminal's settings changed"
os.close(slave)
text = b""
try:
    while block := os.read(master, 65536):
        text += block
except OSError:
    pass
import re
text = text.decode()
escapes = set(re.findall(r"\x1b[^a-zA-Z]*[a-zA-Z]", text))
assert escapes <= {"\x1b[K", "\x1b[32m", "\x1b[39m"}, escapes
drawn = [re.sub(r"\x1b[^a-zA-Z]*[a-zA-Z]", "", line) for line in re.findall(r"\r([^\r\n]*)\x1b\[K", text)]
assert drawn and max(map(len, drawn)) < columns, (columns, drawn)
assert columns < 60 or any("━" in line for line in drawn), drawn
sys.exit(process.returncode)
PYTHON
for columns in 1 20 60 200; do
    check "progress fits a terminal of $columns columns, which stays as it was" python3 "$work/terminal.py" $columns "$digits" train digits.csv --epochs 200
done

echo "-- a hundredth of what tests/long.sh does"
mkdir -p "$work/killed"
check "kills lose nothing, and a checkpoint goes on" bash -c "cd '$work/killed' && python3 '$here/kills.py' '$digits' ../digits.csv 2"
wheels=("$root"/artifacts/python/aotbackprop-*_"$(uname -m)".whl)
check "a checkpoint goes on in Python, and back" try '
    /usr/bin/python3 -m venv --system-site-packages environment
    environment/bin/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps "$1"
    cd killed
    ../environment/bin/python "$2/checkpoints.py" "$3" ../digits.csv 2' "${wheels[0]}" "$here" "$digits"
check "mutations end as documented" python3 "$here/mutations.py" "$digits" digits.csv model.safetensors 20
