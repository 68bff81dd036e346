# A host in Ruby, by Fiddle and the installation's description of itself; otherwise as ../c/host.c.
#
#     ruby host.rb INSTALLATION DATA [exit]
require "fiddle"
require "json"
require "timeout"

install, data, mode = ARGV
BATCH, EPOCHS, FAULTS = 32, 3, 200

# Each function of the description, as a method.
module Aotbackprop
  TYPES = { "int32" => Fiddle::TYPE_INT, "uint64" => -Fiddle::TYPE_LONG_LONG, "size" => Fiddle::TYPE_SIZE_T,
            "text" => Fiddle::TYPE_VOIDP, "pointer" => Fiddle::TYPE_VOIDP }.freeze

  def self.load(install)
    description = JSON.parse(File.read("#{install}/share/aotbackprop/interface.json"))
    library = Fiddle.dlopen("#{install}/lib/libaotbackprop.so")
    description["functions"].each do |function|
      call = Fiddle::Function.new(library[function["name"]], function["parameters"].map { |p| TYPES.fetch(p["type"]) },
                                  TYPES.fetch(function["returns"]))
      define_singleton_method(function["name"]) { |*arguments| call.call(*arguments) }
    end
    description
  end
end

DESCRIPTION = Aotbackprop.load(install)
DIGITS = DESCRIPTION["networks"].find { |network| network["prefix"] == "digits" }
INPUTS = DIGITS["sizes"].first

def check(status)
  raise Aotbackprop.aotbackprop_status_message(status).to_s unless status.zero?
end

# Every fifth row is held out of training.
Samples = Struct.new(:x, :labels, :count) do
  # The struct that points to the labels.
  def targets
    [32, Fiddle::Pointer[labels].to_i, 0, 0].pack("Q4")
  end

  def self.of(rows)
    new(rows.flat_map { |row| row[0...INPUTS].map { |number| number / 16.0 } }.pack("f*"),
        rows.map { |row| row[INPUTS] }.pack("l*"), rows.size)
  end
end
rows = File.readlines(data).map { |line| line.split(",").map(&:to_i) }
TEST, TRAINING = rows.each_with_index.partition { |_, row| row % 5 == 4 }.map { |part| Samples.of(part.map(&:first)) }

def learn(aloud)
  parameters = "\0" * (4 * DIGITS["parameters"])
  size = Aotbackprop.digits_epoch_workspace_size(TRAINING.count, BATCH)
  workspace, result = "\0" * size, "\0" * 8
  options = [40, 0.1, 0, *[0.0] * 6].pack("Qflf6")
  check Aotbackprop.digits_initialize(parameters, 7)
  EPOCHS.times do |number|
    epoch = [64, BATCH, 7, number, 0, 0, 0, 0].pack("Q8")
    check Aotbackprop.digits_train_epoch(parameters, TRAINING.x, TRAINING.targets, TRAINING.count, epoch, options, nil, 0,
                                         workspace, size, result, nil)
    puts format("epoch %d: loss %.6f", number + 1, result.unpack1("d")) if aloud
  end
  return unless aloud

  check Aotbackprop.digits_evaluate(parameters, TEST.x, TEST.targets, TEST.count, workspace, size, nil, result)
  hash = parameters.each_byte.reduce(0xcbf29ce484222325) { |sum, one| ((sum ^ one) * 0x100000001b3) & 0xffffffffffffffff }
  puts "right: #{result.unpack1('Q')} of #{TEST.count}", format("parameters: %016x", hash)
end

# Starts threads; each trains when this returns.
def train_beside(threads)
  trained = Queue.new # of each thread that has trained once
  threads.times do
    Thread.new do
      learn(false)
      trained << true
      loop { learn(false) }
    end
  end
  Timeout.timeout(30) { threads.times { trained.pop } }
rescue Timeout::Error
  warn "not all of #{threads} threads train"
  exit 3
end

# Ruby's own exit kills the other threads first, and Ruby 3.1 now and then loses a kill of a thread that calls C through
# Fiddle (strlen in a loop is enough): it then waits for that thread forever. C's exit does not wait.
if mode
  train_beside(3)
  Fiddle::Function.new(Fiddle::Handle::DEFAULT["exit"], [Fiddle::TYPE_INT], Fiddle::TYPE_VOID).call(7)
end

learn(true)
train_beside(1)
caught = 0
FAULTS.times do |i|
  i.even? ? nil.read : check(Aotbackprop.digits_initialize(nil, 7))
rescue NoMethodError, RuntimeError
  caught += 1
end
puts "caught: #{caught}"
learn(true)
