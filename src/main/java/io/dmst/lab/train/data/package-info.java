/** Data sets, their splits, images decoded when needed, and the batches of an epoch. */
@NullMarked
package io.dmst.lab.train.data;

import org.jspecify.annotations.NullMarked;
