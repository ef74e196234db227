package desk
import ("testing"; "os"; "path/filepath"; "encoding/json"; "fmt")
func TestZZ(t *testing.T){
	files,_ := filepath.Glob("../../teams/testdata/*.golden.json")
	for _,f := range files {
	for _, dark := range []bool{false,true} {
	t.Run(filepath.Base(f)+fmt.Sprint(dark), func(t *testing.T){
	p := open(t, anasChat, look{900,1100,dark})
	raw,_ := os.ReadFile(f)
	p.tenant.change(func(){ p.tenant.chat = []object{{"id":"g","at":"2026-11-24T10:00:00Z","from":"bot","card":json.RawMessage(raw)}} })
	p.until("card", cardOf("g"))
	p.picture("real-"+filepath.Base(f)+fmt.Sprint(dark))
	if faint := js[[]string](p, contrast); len(faint) > 0 { t.Logf("faint: %q", faint) }
	})}}
}
