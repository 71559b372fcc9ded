package adapter.interop;

import static org.junit.jupiter.api.Assertions.assertThrows;

import adapter.interop.harness.DataAdapter;
import io.getlime.security.powerauth.lib.dataadapter.client.DataAdapterClientErrorException;
import io.getlime.security.powerauth.lib.dataadapter.model.entity.DataAdapterError;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.function.Executable;

/** A program of its own for each test, and the client that asks it. */
abstract class ClientTest {
    @AutoClose
    final DataAdapter adapter = DataAdapter.start(Map.of("WEB_FLOW__DIALECT", WebFlow.DIALECT));

    final WebFlow webFlow = new WebFlow(adapter.at(DataAdapter.CONTEXT_PATH));

    /** What the client makes of an answer that is no success. */
    static DataAdapterError refusal(Executable call) {
        return assertThrows(DataAdapterClientErrorException.class, call).getError();
    }
}
