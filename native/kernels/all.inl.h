// Every kernel text, in the order in which one may use another. Included by isa/*.cc after a block
// header.

#include "bits.inl.h"
#include "limits.inl.h"
#include "sign.inl.h"
#include "projection.inl.h"
#include "rotation.inl.h"
#include "nearest.inl.h"
#include "dot.inl.h"
#include "reservoir.inl.h"
#include "fly-sums.inl.h"
#include "fly.inl.h"
#include "winners.inl.h"
#include "top-k.inl.h"
#include "hamming-nearest.inl.h"
#include "hamming.inl.h"
#include "hamming-planes.inl.h"
#include "hamming-join.inl.h"
