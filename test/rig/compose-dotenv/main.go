// Reads .env files as Docker Compose does: the reference that our own reader is held against.
//
// Each line of the input is JSON, {"text": …, "env": {…}}; each line of the output {"values": {…}}
// or {"error": …}.
package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/sirupsen/logrus"
)

type question struct {
	Text string            `json:"text"`
	Env  map[string]string `json:"env"`
}

type answer struct {
	Values map[string]string `json:"values,omitempty"`
	Error  string            `json:"error,omitempty"`
}

func main() {
	logrus.SetOutput(io.Discard)
	questions := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	answers.SetEscapeHTML(false)
	for questions.More() {
		var asked question
		if err := questions.Decode(&asked); err != nil {
			panic(err)
		}
		if err := answers.Encode(read(asked)); err != nil {
			panic(err)
		}
	}
}

func read(asked question) answer {
	values, err := dotenv.ParseWithLookup(strings.NewReader(asked.Text), func(name string) (string, bool) {
		value, isSet := asked.Env[name]
		return value, isSet
	})
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Values: values}
}
