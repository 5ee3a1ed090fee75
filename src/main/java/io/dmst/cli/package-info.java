/** The commands of the laboratory: train, evaluate, export, verify and so on. */
@NullMarked
package io.dmst.cli;

import org.jspecify.annotations.NullMarked;
