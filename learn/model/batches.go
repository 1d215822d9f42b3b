package model

import "errors"

// WholeBatches leaves the rows out that do not fill a batch at the end of an
// epoch: 102 rows in batches of 5 are 20 steps, and 2 rows are left out, others
// in each epoch if they are shuffled. There must be rows for one batch.
// (QC-117)
func WholeBatches() FitOption {
	return FitOption{"WholeBatches", func(s *fitSettings) error { s.whole = true; return nil }}
}

// NoSingleRows leaves a last batch of one row out, of which a batch
// normalisation learns nothing, and refuses [Batch] 1. (QC-117)
func NoSingleRows() FitOption {
	return FitOption{"NoSingleRows", func(s *fitSettings) error { s.noSingles = true; return nil }}
}

// epochRows is how many rows an epoch takes of n.
func (s *fitSettings) epochRows(n int) (int, error) {
	if s.noSingles && s.batch == 1 {
		return 0, errors.New("Batch is 1 with NoSingleRows; want at least 2")
	}
	rest := n % s.batch
	if s.whole || s.noSingles && rest == 1 {
		n -= rest
	}
	if n == 0 && s.whole {
		return 0, errors.New("fewer rows than a batch with WholeBatches; want a smaller Batch")
	}
	if n == 0 {
		return 0, errors.New("a single row with NoSingleRows; want at least 2 to train on")
	}
	return n, nil
}
