package publish

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/gateway"
)

// Codes of the errors beside those of the gateway. They do not change.
const (
	codeUnknownTopic = "unknown_topic"
	codeMethod       = "method_not_allowed"
	codeTooLarge     = "payload_too_large"
	codeMediaType    = "unsupported_media_type"
	codeRate         = "rate_limited"
	codeUnavailable  = "unavailable"
)

// statuses are the HTTP statuses of all codes.
var statuses = map[string]int{
	gateway.CodeInvalidPayload:   http.StatusBadRequest,
	gateway.CodeAuthRequired:     http.StatusUnauthorized,
	gateway.CodeInvalidToken:     http.StatusUnauthorized,
	gateway.CodePermissionDenied: http.StatusForbidden,
	codeUnknownTopic:             http.StatusNotFound,
	codeMethod:                   http.StatusMethodNotAllowed,
	codeTooLarge:                 http.StatusRequestEntityTooLarge,
	codeMediaType:                http.StatusUnsupportedMediaType,
	codeRate:                     http.StatusTooManyRequests,
	codeUnavailable:              http.StatusServiceUnavailable,
}

// retryAfter is what a client is told to wait while the log is away.
const retryAfter = 5 * time.Second

// refused says why a request is refused.
type refused struct {
	code, message string
	cause         error         // nil when the client's request is the cause
	after         time.Duration // after which it may come again; 0 when that is not known
}

func (r *refused) Error() string { return r.message }
func (r *refused) Unwrap() error { return r.cause }

func refusal(code, format string, args ...any) *refused {
	return &refused{code: code, message: fmt.Sprintf(format, args...)}
}

// refuse is the one place that maps an error to what the client is told.
func refuse(w http.ResponseWriter, err error) {
	var why *refused
	if !errors.As(err, &why) {
		why = refusal(gateway.CodeInternal, "Internal server error")
	}
	status, ok := statuses[why.code]
	if !ok {
		status = http.StatusInternalServerError
	}
	switch status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	}
	if why.after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(why.after.Seconds()))))
	}
	write(w, status, struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}{why.code, why.message})
}

// shorten cuts what a client sent, to be told it again.
func shorten(s string) string {
	const enough = 100
	if len(s) > enough {
		return strings.ToValidUTF8(s[:enough], "") + "…"
	}
	return s
}
