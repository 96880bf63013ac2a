/** PyTorch's files and the names its networks give to their parameters. */
@NullMarked
package dev.thalweg.interop.torch;

import org.jspecify.annotations.NullMarked;
