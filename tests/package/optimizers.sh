# Part of run.sh: the single executable's optimizers, beside those of the .NET API.
echo "== The single executable's optimizers"

check "an app that trains by the API builds" dotnet build "$here/Optimizers" -c Release -o "$work/optimizers" -v quiet -nologo \
    -p:UseSharedCompilation=false

# same NAME ARGUMENT ...: what digits trains with these options is what the API trains with the optimizer of that name.
same() {
    check "digits train ${*:2}: the bits of the API" try '
        "$1" train digits.csv --epochs 3 --save "$3.safetensors" "${@:4}"
        dotnet "$2" digits.csv "$3" "$3.safetensors" | tee /dev/stderr | grep -qx "0 of 2410 parameters differ"' \
        "$digits" "$work/optimizers/Optimizers.dll" "$1" "${@:2}"
}

common=(--weight-decay 0.002 --clip-norm 0.2)
adam=(--learning-rate 0.005 --beta1 0.8 --beta2 0.99 --epsilon 1e-5 "${common[@]}")
same sgd --optimizer sgd
same momentum --optimizer momentum
same nesterov --optimizer nesterov
same adam --optimizer adam
same adamw --optimizer adamw
same lion --optimizer lion
same sgd-own --learning-rate 0.05 "${common[@]}"
same momentum-own --optimizer momentum --learning-rate 0.05 --momentum 0.8 "${common[@]}"
same nesterov-own --optimizer nesterov --learning-rate 0.05 --momentum 0.8 "${common[@]}"
same adam-own --optimizer adam "${adam[@]}"
same adamw-own --optimizer adamw "${adam[@]}"
same lion-own --optimizer lion --learning-rate 0.001 --beta1 0.8 --beta2 0.95 "${common[@]}"
for optimizer in momentum nesterov adam adamw "lion --learning-rate 0.001"; do
    says 0 "accuracy       0.9" train digits.csv --optimizer $optimizer
done
check "training goes on from a model with another optimizer" try '
    "$1" train digits.csv --model adam-own.safetensors --optimizer momentum --epochs 1 2>&1 > /dev/null | grep "loss 0\.[0-3]"' "$digits"

# tells MODEL NAMES: the facts of a training that info tells of a model.
tells() {
    check "a model of $1 tells $2" try '
        facts=$("$1" info --model "$2.safetensors" | grep -E "^(optimizer|learning_rate|momentum|beta1|beta2|epsilon|weight_decay|clip_norm) " | sed -E "s/ +/ /" | paste -sd,)
        [ "$facts" = "$3" ] || { echo "$facts"; exit 1; }' "$digits" "$1" "$2"
}
tells sgd "clip_norm 0,learning_rate 0.1,optimizer sgd,weight_decay 0"
tells momentum-own "clip_norm 0.2,learning_rate 0.05,momentum 0.8,optimizer momentum,weight_decay 0.002"
tells lion "beta1 0.9,beta2 0.99,clip_norm 0,learning_rate 0.0001,optimizer lion,weight_decay 0"
tells adamw "beta1 0.9,beta2 0.999,clip_norm 0,epsilon 1E-08,learning_rate 0.001,optimizer adamw,weight_decay 0.01"

says 0 "sgd, momentum, nesterov, adam, adamw or lion [default: sgd]" train --help
says 0 "[default: 0.1, 0.001 with adam and adamw, or 0.0001 with lion]" train --help
says 0 "[default: 0.999, or 0.99 with lion]" train --help
says 0 "[default: 0, or 0.01 with adamw]" train --help

echo "-- that are none, or not used"
# There is no such data: what is refused was refused before it was looked for.
says 2 "--optimizer is 'rmsprop'; wanted sgd, momentum, nesterov, adam, adamw or lion" train none.csv --optimizer rmsprop
says 2 "--optimizer is 'Adam'; wanted" train none.csv --optimizer Adam
says 2 "--momentum is '0.9', which sgd does not use; wanted --optimizer momentum or nesterov" train none.csv --momentum 0.9
says 2 "--momentum is '0', which adam does not use" train none.csv --momentum 0 --optimizer adam
says 2 "--beta1 is '0.9', which sgd does not use; wanted --optimizer adam, adamw or lion" train none.csv --optimizer sgd --beta1 0.9
says 2 "--beta2 is '0.9', which momentum does not use" train none.csv --optimizer momentum --beta2 0.9
says 2 "--epsilon is '1e-8', which nesterov does not use" train none.csv --optimizer nesterov --epsilon 1e-8
says 2 "--epsilon is '1e-8', which lion does not use; wanted --optimizer adam or adamw" train none.csv --optimizer lion --epsilon 1e-8
says 2 "--momentum is '1'; wanted a number from 0 to 0.999999" train none.csv --optimizer momentum --momentum 1
says 2 "--momentum is '-0.1'" train none.csv --optimizer nesterov --momentum -0.1
says 2 "--beta1 is '1'; wanted a number from 0 to 0.999999" train none.csv --optimizer adam --beta1 1
says 2 "--beta2 is 'NaN'" train none.csv --optimizer adamw --beta2 NaN
says 2 "--epsilon is '0'; wanted a finite number, 1e-20 or more" train none.csv --optimizer adam --epsilon 0
says 2 "--weight-decay is '-1'; wanted a finite number, 0 or more" train none.csv --weight-decay -1
says 2 "--clip-norm is '1e39'; wanted a finite number, 0 or more" train none.csv --optimizer adam --clip-norm 1e39
says 2 "--learning-rate 0.01 / (1 − --beta1 0.9) / --epsilon 1E-20 is 1E+19; wanted below 2.31E+18" train none.csv --optimizer adam --learning-rate 0.01 --epsilon 1e-20
says 2 "--learning-rate 1 times --weight-decay 3 is 3; wanted 2 or less" train none.csv --optimizer adamw --learning-rate 1 --weight-decay 3
says 2 "--learning-rate is 1E+13; wanted below 2.2E+12 with momentum" train none.csv --optimizer momentum --learning-rate 1e13
check "numbers at the ends of their ranges are taken" ends 0 "optimizer" try '
    "$1" train digits.csv --epochs 1 --optimizer momentum --momentum 0.999999 --learning-rate 0 --save ends.safetensors
    "$1" train digits.csv --epochs 1 --optimizer adam --beta1 0 --beta2 0.999999 --epsilon 1e-20 --learning-rate 0 --save ends.safetensors
    "$1" info --model ends.safetensors' "$digits"
check "nothing is written by what was refused" try '
    ! "$1" train digits.csv --momentum 0.9 --save refused.safetensors && [ ! -e refused.safetensors ]' "$digits"

echo "== The single executable's first weights"
check "each initialization draws other weights, and the model says which" try '
    for name in he glorot scikit-learn pytorch he-small-output glorot-sigmoid; do
        "$1" train digits.csv --epochs 1 --learning-rate 0 --initialization $name --save first-$name.safetensors > /dev/null 2>&1
        "$1" info --model first-$name.safetensors | grep -qx "initialization ${name//-/_}"
        tail -c 9000 first-$name.safetensors | sha256sum
    done | sort -u | wc -l | grep -qx 6' "$digits"
says 2 "--initialization is 'xavier'; wanted he, glorot, scikit-learn, pytorch, he-small-output or glorot-sigmoid" train none.csv --initialization xavier
says 2 "--initialization is 'he', and the weights are those of --model" train none.csv --initialization he --model none.safetensors
