// What the reference implementation makes of image references: JSON strings in, JSON objects out, one a line.
package main

import (
	"bufio"
	_ "crypto/sha256" // an algorithm counts only where it is linked in
	_ "crypto/sha512"
	"encoding/json"
	"log"
	"os"

	"github.com/docker/distribution/reference"
)

type answer struct {
	Valid      bool   `json:"valid"`
	Domain     string `json:"domain"`
	Path       string `json:"path"`
	Tag        string `json:"tag"`
	Digest     string `json:"digest"`
	Normalised string `json:"normalised"`
	Familiar   string `json:"familiar"`
}

func read(text string) answer {
	named, err := reference.ParseNormalizedNamed(text)
	if err != nil {
		return answer{}
	}
	found := answer{
		Valid:      true,
		Domain:     reference.Domain(named),
		Path:       reference.Path(named),
		Normalised: named.String(),
		Familiar:   reference.FamiliarString(named),
	}
	if tagged, ok := named.(reference.Tagged); ok {
		found.Tag = tagged.Tag()
	}
	if digested, ok := named.(reference.Digested); ok {
		found.Digest = digested.Digest().String()
	}
	return found
}

func main() {
	input := json.NewDecoder(bufio.NewReader(os.Stdin))
	output := bufio.NewWriter(os.Stdout)
	answers := json.NewEncoder(output)
	for input.More() {
		var text string
		if err := input.Decode(&text); err != nil {
			log.Fatal(err)
		}
		if err := answers.Encode(read(text)); err != nil {
			log.Fatal(err)
		}
	}
	if err := output.Flush(); err != nil {
		log.Fatal(err)
	}
}
