package aircraft

import (
	"math"
	"strconv"
)

// UnixMilli reads a time as a receiver tells it, a JSON number of seconds or of
// milliseconds since 1970, whole or not, and gives it in milliseconds. What
// would be after the year 5000 in seconds is in milliseconds; what is no time
// is 0.
func UnixMilli(raw string) int64 {
	const latestSeconds = 1e11
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil || !(v > 0 && v <= latestSeconds*1000) {
		return 0
	}
	if v < latestSeconds {
		v *= 1000
	}
	return int64(math.Round(v))
}
