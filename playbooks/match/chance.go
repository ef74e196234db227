package match

// chance is a row of numbers that look random and are the same for the same start: pairing
// takes no chances that cannot be repeated.
type chance uint64

// below answers the next number in 0..n-1.
func (c *chance) below(n int) int {
	*c += 0x9e3779b97f4a7c15
	x := uint64(*c)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return int((x ^ x>>31) >> 1 % uint64(n))
}

// shuffled answers 0..n-1 in some order.
func (c *chance) shuffled(n int) []int {
	order := make([]int, n)
	for i := range order {
		j := c.below(i + 1)
		order[i], order[j] = order[j], i
	}
	return order
}
