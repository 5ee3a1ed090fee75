/**
 * How well do typicality and drift tell what is unlike a model's data? Spoilt images, and counts.
 */
@NullMarked
package io.dmst.lab.study;

import org.jspecify.annotations.NullMarked;
