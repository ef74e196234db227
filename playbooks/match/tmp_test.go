package match
import ("testing";"math/rand")
func TestTmp(t *testing.T){
 best:=99
 for s:=range 3000000 { r:=rand.New(rand.NewSource(int64(s))); n:=5+2*r.Intn(2); if n>best||best==5&&n>=5&&s>2000000{continue}
  var es []Edge
  for u:=range n{for v:=u+1;v<n;v++{ if r.Intn(3)>0 {es=append(es,Edge{u,v,int64(r.Intn(12))})}}}
  w:=weights(es)
  a,ok,_:=BestTrio(n,es,w)
  if !ok {continue}
  if a.Solves>n && n<best {
   // without settle
   l,_:=lift(n,es,MostPairs)
   ts:=trioSearch{n:n,edges:es,lift:l,worth:w,joins:map[[2]int]bool{},bounds:map[[3]int]int64{}}
   for _,e:=range es{ts.joins[[2]int{e.U,e.V}]=true}
   for b:=range n{ts.without(b)}
   if ts.best.Weight<a.Weight||!ts.found { t.Logf("%d %v: %d vs %d %v",n,es,a.Weight,ts.best.Weight,a); best=n }
  }
 }
}
