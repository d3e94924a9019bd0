package augment

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ParsePolicy reads a searched policy: a list of sub-policies, each a list of
// [operation, probability, level], as Fast AutoAugment prints it. It is JSON or a
// Python literal: 'single quotes', (tuples) and a trailing comma are accepted. An
// error gives the line, or the sub-policy and what is wrong with it.
func ParsePolicy(text []byte) (PolicyConfig, error) {
	r := policyReader{text: text}
	var p PolicyConfig
	err := r.list("sub-policies", func() error {
		var steps []Step
		err := r.list("operations", func() error {
			step, err := r.step()
			steps = append(steps, step)
			return err
		})
		p.Sub = append(p.Sub, steps)
		return err
	})
	if err == nil && r.next() != 0 {
		err = r.errorf("text after the end of the list")
	}
	if err != nil {
		return PolicyConfig{}, err
	}
	if len(p.Sub) == 0 {
		return PolicyConfig{}, errors.New("no sub-policies in it")
	}
	if err := p.Sub.validate(); err != nil {
		return PolicyConfig{}, err
	}
	return p, nil
}

// policyReader parses the text of a policy.
type policyReader struct {
	text []byte
	at   int
}

// next returns the next non-blank byte without consuming it; 0 at the end.
func (r *policyReader) next() byte {
	for r.at < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.at]) >= 0 {
		r.at++
	}
	if r.at == len(r.text) {
		return 0
	}
	return r.text[r.at]
}

// list reads a list, each item with f; of says what the list is of, for errors.
func (r *policyReader) list(of string, f func() error) error {
	end := byte(']')
	switch r.next() {
	case '[':
	case '(':
		end = ')'
	default:
		return r.errorf("need a list of %s", of)
	}
	for r.at++; r.next() != end; {
		if err := f(); err != nil {
			return err
		}
		if r.next() == ',' {
			r.at++
		} else if r.next() != end {
			return r.errorf("need a comma or the end of a list of %s", of)
		}
	}
	r.at++
	return nil
}

// step reads [operation, probability, level].
func (r *policyReader) step() (s Step, err error) {
	items := 0
	err = r.list("an operation, its probability and its level", func() error {
		items++
		switch items {
		case 1:
			s.Op, err = r.name()
		case 2:
			s.P, err = r.number("probability")
		case 3:
			s.Level, err = r.number("level")
		default:
			err = r.errorf("more than an operation, its probability and its level")
		}
		return err
	})
	if err == nil && items < 3 {
		err = r.errorf("need an operation, its probability and its level")
	}
	return s, err
}

func (r *policyReader) name() (string, error) {
	quote := r.next()
	if quote != '"' && quote != '\'' {
		return "", r.errorf("need the name of an operation in quotes")
	}
	n := bytes.IndexByte(r.text[r.at+1:], quote)
	if n < 0 || n > longestName {
		return "", r.errorf("a name without its closing quote")
	}
	name := string(r.text[r.at+1:][:n])
	r.at += n + 2
	return name, nil
}

const longestName = 100 // bytes; those of operations are far shorter

func (r *policyReader) number(of string) (float64, error) {
	r.next()
	n := bytes.IndexAny(r.text[r.at:], ",]) \t\r\n")
	if n < 0 {
		n = len(r.text) - r.at
	}
	word := string(r.text[r.at:][:min(n, longestName)])
	v, err := strconv.ParseFloat(word, 64)
	if err != nil || n > longestName {
		return 0, r.errorf("%s %q is not a number", of, word)
	}
	r.at += n
	return v, nil
}

func (r *policyReader) errorf(format string, a ...any) error {
	return fmt.Errorf("line %d: %s", 1+bytes.Count(r.text[:r.at], []byte("\n")), fmt.Sprintf(format, a...))
}
