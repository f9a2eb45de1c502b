package dev.quickaccess.app

import androidx.compose.runtime.Composable
import androidx.compose.runtime.mutableStateOf

@Composable
fun Planted() {
    val forgotten = mutableStateOf("")
    println(forgotten.value)
}
