// This file lets twin.go declare a function without a body.
