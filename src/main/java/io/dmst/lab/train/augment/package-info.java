/** Random changes of training images at the network's size. */
@NullMarked
package io.dmst.lab.train.augment;

import org.jspecify.annotations.NullMarked;
