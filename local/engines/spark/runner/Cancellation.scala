package twin.notebook

import java.util.concurrent.{Executors, TimeUnit}

import org.apache.spark.sql.streaming.StreamingQuery
import sun.misc.Signal

/**
 * SIGTERM ends a run in good order: streaming queries are stopped, the notebook is interrupted so that its `finally`
 * blocks run (a producer flushes and closes), and after `DeadlineSeconds` the JVM ends in any case.
 */
object Cancellation {
  private val DeadlineSeconds = 5L
  @volatile private var canceled = false

  def requested: Boolean = canceled

  def install(notebook: Thread, finish: Finish): Unit =
    Signal.handle(new Signal("TERM"), (_: Signal) => if (!canceled) {
      canceled = true
      val deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DeadlineSeconds)
      stopQueries(deadline)
      notebook.interrupt()
      notebook.join(math.max(1L, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())))
      finish(Canceled)
    })

  private def stopQueries(deadline: Long): Unit = {
    val started = Bindings.session.isDone && !Bindings.session.isCompletedExceptionally
    val queries = if (started) Bindings.spark.streams.active else Array.empty[StreamingQuery]
    val stoppers = Executors.newCachedThreadPool { (task: Runnable) =>
      val thread = new Thread(task, "query-stop")
      thread.setDaemon(true)
      thread
    }
    queries.foreach(query => stoppers.execute(() => query.stop()))
    stoppers.shutdown()
    stoppers.awaitTermination(deadline - System.nanoTime() - TimeUnit.SECONDS.toNanos(1), TimeUnit.NANOSECONDS)
  }
}
