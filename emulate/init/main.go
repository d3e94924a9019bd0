package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

func main() {
	if os.Getpid() != 1 {
		fmt.Fprintln(os.Stderr, "init: only for the machine of emulate/bochs.sh")
		os.Exit(2)
	}
	if err := mount(); err != nil {
		fmt.Println("init:", err)
	}
	fmt.Printf("\nemulate: exit status %d\n", run("/job"))
	if err := powerOff(); err != nil {
		fmt.Println("init:", err)
	}
	time.Sleep(time.Hour) // the kernel panics when its first process ends
}

// run returns the exit status of the program that the file names.
func run(name string) int {
	text, err := os.ReadFile(name)
	if err != nil {
		fmt.Println("init:", err)
		return 2
	}
	words, env := strings.Fields(string(text)), os.Environ()
	for len(words) > 0 && strings.Contains(words[0], "=") {
		env, words = append(env, words[0]), words[1:]
	}
	if len(words) == 0 {
		fmt.Println("init: no program in", name)
		return 2
	}
	c := exec.Command(words[0], words[1:]...)
	c.Env, c.Stdout, c.Stderr = env, os.Stdout, os.Stderr
	err = c.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		return exit.ExitCode()
	case err != nil:
		fmt.Println("init:", err)
		return 1
	}
	return 0
}
