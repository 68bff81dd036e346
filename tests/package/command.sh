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
for file in cut-magic bad-sum bad-length bad-middle; do
    says 1 "$file.csv.gz, line " evaluate $file.csv.gz --model model.safetensors
done

echo "-- causes by their names"
reads 1 "value 1 is '1?'; wanted a finite number. It holds NUL characters" '1\0'"${row#0},0\n"
reads 1 "separated by semicolons; wanted commas" "${row//,/;};0\n"
reads 1 "separated by tabs; wanted commas" "${row//,/\\t}\t0\n"
reads 1 "separated by spaces; wanted commas" "${row//,/ } 0\n"
reads 1 "It is in quotation marks; wanted the number without" '"1"'"${row#0},0\n"
reads 1 "value 65, the class, is 'cat'; wanted a whole number from 0 to 9" "$row,cat\n"
reads 1 "It seems to be names of columns; --header passes over it" "$(seq -s, -f 'pixel%g' 1 64),class\n$row,0\n"
reads 1 "line 2: value 1 is 'pixel1'; wanted a finite number. It seems to be names of columns" "\n$(seq -s, -f 'pixel%g' 1 64),class\n$row,0\n"
reads 1 "It holds a character that can't be seen, shown as ?" '\xef\xbb\xbf\xef\xbb\xbf'"$row,0\n"
reads 1 "It ends in a comma" "$row,0,\n"
reads 1 "Lines seem to end in CR alone" "$row,0\r$row,0\r"

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

echo "-- what is kept"
says 0 'scaling        {"kind":"factor","factor":16}' info --model model.safetensors
says 2 "--scale is 8, and the model was trained with 16; wanted the same, or none" evaluate digits.csv --model model.safetensors --scale 8
says 0 "accuracy       0.96" evaluate digits.csv --model model.safetensors --scale 16
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
    grep "Training stopped in epoch 6: .* value 13 in digits.csv, line 2, scaled, is 1, the largest input" told
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
    grep "epoch 2/2  loss .*  held-out accuracy unknown" told
    grep "in absurd.csv, line 500, scaled, is 3E+38" told
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
check "kills lose nothing" bash -c "cd '$work/killed' && python3 '$here/kills.py' '$digits' ../digits.csv 2"
check "mutations end as documented" python3 "$here/mutations.py" "$digits" digits.csv model.safetensors 20
