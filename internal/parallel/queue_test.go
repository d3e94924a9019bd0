package parallel

import "testing"

func TestQueueRunsInOrderBesideItsCaller(t *testing.T) {
	var q Queue
	q.Wait() // of nothing
	for range 20 {
		var got []int
		began := make(chan struct{})
		for i := range 10 {
			q.Add(func() {
				if i == 0 {
					<-began // the caller goes on meanwhile
				}
				got = append(got, i)
			})
		}
		close(began)
		q.Wait()
		for i, v := range got {
			if v != i {
				t.Fatalf("order %v", got)
			}
		}
		if len(got) != 10 {
			t.Fatalf("%d functions ran, want 10", len(got))
		}
	}
}
