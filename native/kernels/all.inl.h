// Every kernel text, in the order in which one may use another. Included by isa/*.cc after a block header.

#include "bits.inl.h"
#include "limits.inl.h"
#include "sign.inl.h"
#include "projection.inl.h"
#include "hamming-nearest.inl.h"
#include "hamming.inl.h"
#include "hamming-planes.inl.h"
