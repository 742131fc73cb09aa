package sockettest

import (
	"encoding/json"

	"github.com/zishang520/socket.io/v2/socket"
)

// split parts the acknowledgement, where there is one, from the arguments.
func split(args []any) ([]any, socket.Ack) {
	if n := len(args); n > 0 {
		if ack, ok := args[n-1].(socket.Ack); ok {
			return args[:n-1], ack
		}
	}
	return args, nil
}

func acknowledge(ack socket.Ack, args ...any) {
	if ack == nil {
		return
	}
	if args == nil {
		args = []any{}
	}
	ack(args, nil)
}

// at gives an argument, nil where the client sent fewer.
func at(args []any, i int) any {
	if i < len(args) {
		return args[i]
	}
	return nil
}

func text(arg any) string {
	s, _ := arg.(string)
	return s
}

// number gives a count, 0 for what is none. A decoder may leave numbers as text.
func number(arg any) int {
	switch n := arg.(type) {
	case float64:
		return max(0, int(n))
	case json.Number:
		i, _ := n.Int64()
		return max(0, int(i))
	case int:
		return max(0, n)
	}
	return 0
}
