// Package model is Keras for a Go notebook: layers, models made of them, and
// the training that fits them.
//
//	m := model.Sequential(
//		model.Dense(36, model.Act("relu"), model.InputShape(28)),
//		model.Dense(14, model.Act("relu")),
//		model.Dense(2, model.Act("softmax")))
//	err := m.CompileBy("adam", "sparse_categorical_crossentropy", "accuracy")
//	h, err := m.Fit(x, y, model.Epochs(5), model.Batch(256), model.ValidationSplit(0.2))
//	p, err := m.Predict(x)
//
// Names, defaults and formulas are those of Keras 3. What takes several
// inputs, has several outputs or branches is put together from symbols
// ([Input], [Layer.Of], [New]). Rows are tensors whose first axis counts them,
// or columns of a table ([Model.FitTable]); a *Model is a model for learn.Learn
// and learn.Train as it is.
//
// A model compiles to a plan for each size of batch, which a [tensor.Device]
// runs; a step allocates nothing. Everything that is random follows from one
// seed ([Seed]): the same seed, data and device give the same weights, bit for
// bit.
//
// Constructors never panic and return no error: a layer, a symbol or a model
// that cannot be made carries the reason (Err), and whatever is done with it
// returns that. The package is no autograd for free-form code; compose nodes of
// package tensor for that ([Lambda], [LossFunc]).
package model
