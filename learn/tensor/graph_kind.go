package tensor

// A kind says what a node computes. Its text is what a plan prints.
type kind string

const (
	kindFailed kind = "failed"
	kindInput  kind = "input"
	kindVar    kind = "variable"
	kindConst  kind = "number"   // attr: float64
	kindArray  kind = "constant" // attr: *Tensor
	kindExtra  kind = "of"       // a further result of in[0]; attr: which, from 1
	kindAssign kind = "assign"   // in[0] is the variable, in[1] its value
	kindUpdate kind = "update"   // attr: Optimizer; in: variable, gradient, rate, step, slots …

	kindUnary   kind = "unary"   // attr: the function's name
	kindBinary  kind = "binary"  // attr: the function's name; operands broadcast
	kindSelect  kind = "select"  // in[1] where in[0] is not 0, else in[2]
	kindAct     kind = "act"     // attr: activation
	kindActGrad kind = "actgrad" // attr: activation; in: gradient of the output, the output or the input
	kindCopy    kind = "copy"    // in[0] broadcast to a larger shape

	kindReduce    kind = "reduce"    // attr: reduction
	kindMatMul    kind = "matmul"    // attr: matMul
	kindReshape   kind = "reshape"   // the same elements
	kindTranspose kind = "transpose" // attr: []int, the axis of in[0] for each axis
	kindSlice     kind = "slice"     // attr: section
	kindEmbed     kind = "embed"     // attr: section; zeros with in[0] at its place
	kindConcat    kind = "concat"    // attr: the axis
	kindGather    kind = "gather"    // the rows of in[0] that in[1] numbers
	kindScatter   kind = "scatter"   // zeros, with the rows of in[0] added where in[1] says
	kindOneHot    kind = "onehot"    // rows of zeros with a 1 where in[0] says
	kindFloats    kind = "floats"    // int32 as the graph's numbers

	kindSoftmax        kind = "softmax"
	kindSoftmaxGrad    kind = "softmax'" // in: gradient of the output, output
	kindLogSoftmax     kind = "logsoftmax"
	kindLogSoftmaxGrad kind = "logsoftmax'"
	kindSparseCE       kind = "crossentropy"     // in: logits, labels; a loss per row; extra: its derivative
	kindSoftCE         kind = "softcrossentropy" // in: logits, target distributions; as kindSparseCE
	kindDropout        kind = "dropout"          // attr: dropout

	kindConv        kind = "conv"   // attr: convolution; in: image, kernel
	kindConvGradX   kind = "conv'x" // in: gradient, kernel
	kindConvGradW   kind = "conv'w" // in: image, gradient
	kindMaxPool     kind = "maxpool"
	kindMaxPoolGrad kind = "maxpool'" // in: gradient, places of the maxima
	kindAvgPool     kind = "avgpool"
	kindAvgPoolGrad kind = "avgpool'"
	kindUpsample    kind = "upsample" // attr: [2]int
	kindUpsampleBy  kind = "upsample'"

	kindBatchNorm     kind = "batchnorm"  // attr: batchNorm; extra: mean, 1/deviation
	kindBatchNormGrad kind = "batchnorm'" // extra: gradients of scale and offset
	kindLayerNorm     kind = "layernorm"  // attr: float64, epsilon; extra: mean, 1/deviation of each row
	kindLayerNormGrad kind = "layernorm'" // extra: gradients of scale and offset
)
