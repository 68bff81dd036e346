<?php
// A host in PHP, by its FFI, which has no preprocessor; as ../c/host.c, without threads.
//
//     php -d ffi.enable=1 host.php INSTALLATION DATA
declare(strict_types=1);

[, $install, $data] = $argv;
$library = FFI::cdef(file_get_contents("$install/share/aotbackprop/ffi.h"), "$install/lib/libaotbackprop.so");
const BATCH = 32, EPOCHS = 3, FAULTS = 200;

function check(int $status): void
{
    global $library;
    if ($status !== $library->AOTBACKPROP_OK) {
        throw new RuntimeException($library->aotbackprop_status_message($status));
    }
}

// Every fifth row is held out of training.
function samples(array $rows): array
{
    global $library;
    $inputs = $library->DIGITS_INPUTS;
    $count = count($rows);
    $X = FFI::new('float[' . $count * $inputs . ']');
    $labels = FFI::new("int32_t[$count]");
    foreach ($rows as $n => $row) {
        for ($i = 0; $i < $inputs; $i++) {
            $X[$n * $inputs + $i] = $row[$i] / 16;
        }
        $labels[$n] = (int)$row[$inputs];
    }
    return [$X, $labels, $count];
}

$rows = array_map(fn($line) => explode(',', $line), file($data, FILE_IGNORE_NEW_LINES));
$held = array_filter($rows, fn($row) => $row % 5 === 4, ARRAY_FILTER_USE_KEY);
$training = samples(array_values(array_diff_key($rows, $held)));
$test = samples(array_values($held));

// The struct that points to the labels.
function targets(FFI\CData $labels): FFI\CData
{
    global $library;
    $targets = $library->new('aotbackprop_targets');
    $targets->size = FFI::sizeof($targets);
    $targets->labels = FFI::addr($labels[0]);
    return $targets;
}

function learn(): void
{
    global $library, $training, $test;
    [$X, $labels, $count] = $training;
    $parameters = $library->new('digits_parameters');
    $size = $library->digits_epoch_workspace_size($count, BATCH);
    $workspace = FFI::new("char[$size]");
    $options = $library->new('aotbackprop_options');
    $options->size = FFI::sizeof($options);
    $options->learning_rate = 0.1;
    $targets = targets($labels);
    $epoch = $library->new('aotbackprop_epoch');
    $epoch->size = FFI::sizeof($epoch);
    $epoch->batch_size = BATCH;
    $epoch->seed = 7;
    $loss = FFI::new('double');
    $correct = $library->new('size_t');
    check($library->digits_initialize(FFI::addr($parameters), 7));
    for ($number = 0; $number < EPOCHS; $number++) {
        $epoch->epoch = $number;
        check($library->digits_train_epoch(FFI::addr($parameters), FFI::addr($X[0]), FFI::addr($targets), $count,
            FFI::addr($epoch), FFI::addr($options), null, 0, $workspace, $size, FFI::addr($loss), null));
        printf("epoch %d: loss %.6f\n", $number + 1, $loss->cdata);
    }
    [$X, $labels, $count] = $test;
    $targets = targets($labels);
    check($library->digits_evaluate(FFI::addr($parameters), FFI::addr($X[0]), FFI::addr($targets), $count,
        $workspace, $size, null, FFI::addr($correct)));
    printf("right: %d of %d\n", $correct->cdata, $count);
    printf("parameters: %s\n", hash('fnv1a64', FFI::string(FFI::cast('char *', FFI::addr($parameters)), FFI::sizeof($parameters))));
}

learn();
$caught = 0;
for ($i = 0; $i < FAULTS; $i++) {
    try {
        $i % 2 === 0 ? check($library->digits_initialize(null, 7)) : check(null);
    } catch (RuntimeException | TypeError) {
        $caught++;
    }
}
echo "caught: $caught\n";
learn();
