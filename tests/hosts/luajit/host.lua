-- A host in LuaJIT, by its FFI, which has no preprocessor; as ../c/host.c, without threads.
--
--     luajit host.lua INSTALLATION DATA
local ffi = require("ffi")
local bit = require("bit")

local install, data = arg[1], arg[2]
ffi.cdef(assert(io.open(install .. "/share/aotbackprop/ffi.h")):read("*a"))
local library = ffi.load(install .. "/lib/libaotbackprop.so")
local BATCH, EPOCHS, FAULTS = 32, 3, 200
local INPUTS = library.DIGITS_INPUTS

local function check(status)
    if status ~= library.AOTBACKPROP_OK then
        error(ffi.string(library.aotbackprop_status_message(status)))
    end
end

-- Every fifth row is held out of training.
local function samples(rows)
    local X, labels = ffi.new("float[?]", #rows * INPUTS), ffi.new("int32_t[?]", #rows)
    for n, row in ipairs(rows) do
        for i = 1, INPUTS do
            X[(n - 1) * INPUTS + i - 1] = row[i] / 16
        end
        labels[n - 1] = row[INPUTS + 1]
    end
    local targets = ffi.new("aotbackprop_targets", { size = ffi.sizeof("aotbackprop_targets"), labels = labels })
    return { X = X, labels = labels, targets = targets, count = #rows }
end

local others, held, row = {}, {}, 0
for line in io.lines(data) do
    local numbers = {}
    for number in line:gmatch("%d+") do
        numbers[#numbers + 1] = tonumber(number)
    end
    table.insert(row % 5 == 4 and held or others, numbers)
    row = row + 1
end
local training, test = samples(others), samples(held)

local function learn()
    local parameters = ffi.new("digits_parameters")
    local size = library.digits_epoch_workspace_size(training.count, BATCH)
    local workspace = ffi.new("char[?]", tonumber(size))
    local options = ffi.new("aotbackprop_options", { size = ffi.sizeof("aotbackprop_options"), learning_rate = 0.1 })
    local epoch = ffi.new("aotbackprop_epoch", { size = ffi.sizeof("aotbackprop_epoch"), batch_size = BATCH, seed = 7 })
    local loss, correct = ffi.new("double[1]"), ffi.new("size_t[1]")
    check(library.digits_initialize(parameters, 7))
    for number = 1, EPOCHS do
        epoch.epoch = number - 1
        check(library.digits_train_epoch(parameters, training.X, training.targets, training.count, epoch, options, nil, 0,
            workspace, size, loss, nil))
        print(("epoch %d: loss %.6f"):format(number, loss[0]))
    end
    check(library.digits_evaluate(parameters, test.X, test.targets, test.count, workspace, size, nil, correct))
    local hash, bytes = 0xcbf29ce484222325ULL, ffi.cast("unsigned char *", parameters)
    for i = 0, ffi.sizeof("digits_parameters") - 1 do
        hash = bit.bxor(hash, bytes[i] + 0ULL) * 0x100000001b3ULL
    end
    print(("right: %d of %d"):format(tonumber(correct[0]), test.count))
    print("parameters: " .. bit.tohex(hash))
end

learn()
local caught = 0
for i = 1, FAULTS do
    local good = pcall(function()
        if i % 2 == 0 then
            check(library.digits_initialize(nil, 7))
        else
            local nowhere
            return nowhere.field
        end
    end)
    caught = caught + (good and 0 or 1)
end
print("caught: " .. caught)
learn()
