// A host in Go, by cgo; otherwise as ../c/host.c. Go's runtime has signal handlers of its own: a nil pointer is a SIGSEGV
// that it makes a panic of, and it interrupts threads by SIGURG.
//
//	host DATA [exit]
package main

/*
#cgo pkg-config: aotbackprop
#include "digits.h"
#include <stdlib.h>
*/
import "C"

import (
	"bufio"
	"fmt"
	"hash/fnv"
	"log"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unsafe"
)

const (
	batch  = 32
	epochs = 3
	faults = 200
)

type samples struct {
	X       []C.float
	labels  []C.int32_t
	targets C.aotbackprop_targets
}

var training, test samples

func check(status C.int32_t) {
	if status != C.AOTBACKPROP_OK {
		log.Panic(C.GoString(C.aotbackprop_status_message(status)))
	}
}

// What samples with these labels are. A copy of them lies in C's memory: what C is given may not point to Go's.
func targetsOf(labels []C.int32_t) C.aotbackprop_targets {
	memory := (*C.int32_t)(C.malloc(C.size_t(len(labels)) * C.sizeof_int32_t))
	copy(unsafe.Slice(memory, len(labels)), labels)
	targets := C.aotbackprop_targets{labels: memory}
	targets.size = C.size_t(unsafe.Sizeof(targets))
	return targets
}

// Every fifth row is held out of training.
func readData(path string) {
	file, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for row := 0; lines.Scan(); row++ {
		set := &training
		if row%5 == 4 {
			set = &test
		}
		for i, field := range strings.Split(lines.Text(), ",") {
			number, err := strconv.Atoi(field)
			if err != nil {
				log.Fatal(err)
			}
			if i < C.DIGITS_INPUTS {
				set.X = append(set.X, C.float(number)/16)
			} else {
				set.labels = append(set.labels, C.int32_t(number))
			}
		}
	}
	training.targets, test.targets = targetsOf(training.labels), targetsOf(test.labels)
}

func learn(aloud bool) {
	var parameters C.digits_parameters
	count := C.size_t(len(training.labels))
	size := C.digits_epoch_workspace_size(count, batch)
	workspace := make([]byte, size)
	options := C.aotbackprop_options{learning_rate: 0.1}
	options.size = C.size_t(unsafe.Sizeof(options))
	epoch := C.aotbackprop_epoch{batch_size: batch, seed: 7}
	epoch.size = C.size_t(unsafe.Sizeof(epoch))
	check(C.digits_initialize(&parameters, 7))
	for ; epoch.epoch < epochs; epoch.epoch++ {
		var loss C.double
		check(C.digits_train_epoch(&parameters, &training.X[0], &training.targets, count, &epoch, &options, nil, 0,
			unsafe.Pointer(&workspace[0]), size, &loss, nil))
		if aloud {
			fmt.Printf("epoch %d: loss %.6f\n", epoch.epoch+1, float64(loss))
		}
	}
	if !aloud {
		return
	}
	var correct C.size_t
	check(C.digits_evaluate(&parameters, &test.X[0], &test.targets, C.size_t(len(test.labels)),
		unsafe.Pointer(&workspace[0]), size, nil, &correct))
	hash := fnv.New64a()
	hash.Write(unsafe.Slice((*byte)(unsafe.Pointer(&parameters)), unsafe.Sizeof(parameters)))
	fmt.Printf("right: %d of %d\nparameters: %016x\n", correct, len(test.labels), hash.Sum64())
}

// Routines that have trained once.
var trained atomic.Int32

func learnWithoutEnd() {
	learn(false)
	trained.Add(1)
	for {
		learn(false)
	}
}

// Starts routines; each trains when this returns.
func trainBeside(routines int) {
	for i := 0; i < routines; i++ {
		go learnWithoutEnd()
	}
	for i := 0; i < 3000 && int(trained.Load()) < routines; i++ {
		time.Sleep(10 * time.Millisecond)
	}
	if int(trained.Load()) < routines {
		log.Printf("%d of %d routines train", trained.Load(), routines)
		os.Exit(3)
	}
}

// Whether the nil pointer became a panic that could be recovered from.
func fault() (caught bool) {
	defer func() {
		_, caught = recover().(runtime.Error)
	}()
	var nowhere *samples
	nowhere.labels = nil
	return
}

func main() {
	if len(os.Args) < 2 {
		log.Fatal("usage: host DATA [exit]")
	}
	readData(os.Args[1])
	if len(os.Args) > 2 {
		trainBeside(3)
		os.Exit(7)
	}

	learn(true)
	trainBeside(1)
	caught := 0
	for i := 0; i < faults; i++ {
		if fault() {
			caught++
		}
		runtime.Gosched()
	}
	fmt.Printf("caught: %d\n", caught)
	learn(true)
}
