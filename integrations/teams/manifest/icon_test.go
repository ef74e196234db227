package manifest

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "draw the icons anew")

// The icons are two people's words that overlap: what they share is the brightest part.

type point struct{ x, y float64 }

// bubble is a speech shape: a rounded box with a tail, in units of the icon's width.
type bubble struct {
	middle point
	half   point // half of width and height
	round  float64
	tail   [3]point
}

var (
	mine   = bubble{point{0.415, 0.43}, point{0.205, 0.155}, 0.12, [3]point{{0.26, 0.52}, {0.385, 0.565}, {0.255, 0.69}}}
	theirs = bubble{point{0.585, 0.52}, point{0.205, 0.155}, 0.12, [3]point{{0.615, 0.655}, {0.74, 0.61}, {0.745, 0.78}}}
)

// distance is how far a point lies outside of the shape; inside it is negative.
func (b bubble) distance(p point) float64 {
	x := math.Abs(p.x-b.middle.x) - b.half.x + b.round
	y := math.Abs(p.y-b.middle.y) - b.half.y + b.round
	box := math.Min(math.Max(x, y), 0) + math.Hypot(math.Max(x, 0), math.Max(y, 0)) - b.round
	return math.Min(box, toTriangle(p, b.tail))
}

func toTriangle(p point, t [3]point) float64 {
	inside, near := true, math.Inf(1)
	for i := range t {
		a, b := t[i], t[(i+1)%3]
		ab, ap := point{b.x - a.x, b.y - a.y}, point{p.x - a.x, p.y - a.y}
		along := math.Max(0, math.Min(1, (ab.x*ap.x+ab.y*ap.y)/(ab.x*ab.x+ab.y*ab.y)))
		near = math.Min(near, math.Hypot(ap.x-along*ab.x, ap.y-along*ab.y))
		c := t[(i+2)%3]
		side := func(q point) float64 { return ab.x*(q.y-a.y) - ab.y*(q.x-a.x) }
		inside = inside && side(p)*side(c) >= 0
	}
	if inside {
		return -near
	}
	return near
}

const finer = 8 // samples across a pixel

// draw paints a square icon; ink says what colour a point of it has.
func draw(size int, ink func(p point) color.NRGBA) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			var r, g, b, a float64
			for sy := range finer {
				for sx := range finer {
					c := ink(point{(float64(x) + (float64(sx)+0.5)/finer) / float64(size), (float64(y) + (float64(sy)+0.5)/finer) / float64(size)})
					w := float64(c.A)
					r, g, b, a = r+w*float64(c.R), g+w*float64(c.G), b+w*float64(c.B), a+w
				}
			}
			if a > 0 {
				img.SetNRGBA(x, y, color.NRGBA{uint8(math.Round(r / a)), uint8(math.Round(g / a)), uint8(math.Round(b / a)), uint8(math.Round(a / finer / finer))})
			}
		}
	}
	return img
}

func inColour(p point) color.NRGBA {
	m, t := mine.distance(p) <= 0, theirs.distance(p) <= 0
	switch {
	case m && t:
		return color.NRGBA{0xFF, 0xF7, 0xE8, 0xFF}
	case m:
		return color.NRGBA{0xF6, 0xB2, 0x5C, 0xFF}
	case t:
		return color.NRGBA{0x8F, 0xD3, 0xC4, 0xFF}
	}
	return color.NRGBA{0x17, 0x4A, 0x5B, 0xFF}
}

// inOutline makes use of the whole 32 pixels: the shapes are larger than on the other icon.
func inOutline(p point) color.NRGBA {
	const larger, stroke = 1.55, 0.036
	p = point{0.5 + (p.x-0.5)/larger, 0.525 + (p.y-0.5)/larger}
	t, m := theirs.distance(p), mine.distance(p)
	if math.Abs(t) <= stroke/2 || math.Abs(m) <= stroke/2 && t > 0 {
		return color.NRGBA{0xFF, 0xFF, 0xFF, 0xFF}
	}
	return color.NRGBA{}
}

func TestTheIconsAreAsDrawn(t *testing.T) {
	for name, want := range map[string]*image.NRGBA{"icons/color.png": draw(192, inColour), "icons/outline.png": draw(32, inOutline)} {
		if *update {
			var b bytes.Buffer
			if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, want); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got := icon(t, name)
		if got.Bounds() != want.Bounds() {
			t.Fatalf("%s measures %v, want %v", name, got.Bounds(), want.Bounds())
		}
		for y := range want.Rect.Dy() {
			for x := range want.Rect.Dx() {
				g, w := color.NRGBAModel.Convert(got.At(x, y)).(color.NRGBA), want.NRGBAAt(x, y)
				// A processor may round a corner differently by a shade.
				for _, d := range []int{int(g.R) - int(w.R), int(g.G) - int(w.G), int(g.B) - int(w.B), int(g.A) - int(w.A)} {
					if d < -6 || d > 6 {
						t.Fatalf("%s at %d,%d is %v, drawn %v; go test -update draws it anew", name, x, y, g, w)
					}
				}
			}
		}
	}
}

// Teams wants the outline in white on nothing at all, so that it can be tinted.
func TestTheOutlineIsWhiteAndTransparentOnly(t *testing.T) {
	img := icon(t, "icons/outline.png")
	clear, full := 0, 0
	for y := range 32 {
		for x := range 32 {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			switch {
			case c.A == 0:
				clear++
			case c.R != 255 || c.G != 255 || c.B != 255:
				t.Fatalf("at %d,%d it is %v", x, y, c)
			case c.A == 255:
				full++
			}
		}
	}
	if clear < 400 || full < 60 {
		t.Errorf("%d clear and %d white of 1024 pixels is no outline", clear, full)
	}
}

func icon(t *testing.T, name string) image.Image {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return img
}
