package io.dmst.lab.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.lab.train.data.SyntheticImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTests {

    private static final int BYTES = 2 << 20;

    @TempDir private Path directory = Path.of("");
    private boolean mounted;

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            run("umount", "-l", directory.resolve("small").toString());
        }
    }

    @Test
    void aFullDiskEndsTheTrainingAndKeepsWhatWasFinished() throws Exception {
        Path small = Files.createDirectory(directory.resolve("small"));
        mounted = run("mount", "-t", "tmpfs", "-o", "size=" + BYTES, "tmpfs", small.toString());
        assumeTrue(mounted, "skipped: a small disk can be mounted by root alone");
        Trainings trainings = Trainings.of(SyntheticImages.write(directory.resolve("data"), 8));
        Path out = small.resolve("model");
        trainings.epochs(1).train(out);
        String finished = ModelDirectory.read(out).digest();

        Path filling = small.resolve("filling");
        Files.write(filling, new byte[(int) (Files.getFileStore(small).getUsableSpace() - 4096)]);
        assertThatThrownBy(() -> trainings.epochs(2).resume(out))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(out.toString())
                .hasMessageContaining("No space left on device");
        assertThat(ModelDirectory.read(out).digest()).isEqualTo(finished);

        Files.delete(filling);
        assertThat(trainings.epochs(2).resume(out).testImages()).isEqualTo(24);
    }

    private static boolean run(String... command) throws Exception {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }
}
